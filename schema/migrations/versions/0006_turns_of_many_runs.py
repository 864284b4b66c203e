"""Indexes for what dispatch sends next, so that its cost does not grow with the number of runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: Name, columns, and which jobs.
_INDEXES = (
    (
        "ix_jobs_first",
        ["analysis", "first_position", "id"],
        "state || '' = 'pending' AND first_position < 1000",
    ),
    (
        "ix_jobs_later",
        ["analysis", "run_id", "id"],
        "state || '' = 'pending' AND first_position + 0 >= 1000",
    ),
    ("ix_jobs_begun", ["analysis", "started_at"], "started_at IS NOT NULL"),
)


def upgrade() -> None:
    """Apply."""
    for name, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(name, "jobs", columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    """Take back."""
    for name, _columns, _condition in _INDEXES:
        op.drop_index(name, "jobs")
