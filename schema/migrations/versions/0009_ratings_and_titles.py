"""Ratings, titles and questions of documents."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("rating", sa.Double()),
    ("rating_scale", sa.Integer()),
    ("title", sa.Text()),
    ("question", sa.Text()),
)


def upgrade() -> None:
    """Apply."""
    for name, kind in _COLUMNS:
        op.add_column("documents", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Take back."""
    # Not by writing the table anew, as Alembic would on SQLite: other tables refer to its rows.
    for name, _kind in reversed(_COLUMNS):
        op.drop_column("documents", name)
