"""Archived and deleted runs; ids of jobs that are never given again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_COLUMNS = ("archived_at", "deleted_at")


def upgrade() -> None:
    """Apply."""
    for name in _COLUMNS:
        op.add_column("runs", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _rewrite_jobs(autoincrement=True)


def downgrade() -> None:
    """Take back."""
    _rewrite_jobs(autoincrement=False)
    # Not by writing the table anew, as Alembic would on SQLite: other tables refer to its rows.
    for name in reversed(_COLUMNS):
        op.drop_column("runs", name)


def _rewrite_jobs(autoincrement: bool) -> None:
    """SQLite gives the ids of deleted rows again, unless a table is made not to."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(
            "jobs", recreate="always", table_kwargs={"sqlite_autoincrement": autoincrement}
        ):
            pass
