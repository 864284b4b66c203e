"""Which models workers have in memory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    models = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("workers", sa.Column("models", models, nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("workers", "models")
