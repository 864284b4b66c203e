"""How long a worker took to load its models, and on which device it computes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("workers", sa.Column("load_seconds", sa.Double(), nullable=True))
    op.add_column("workers", sa.Column("device", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("workers", "device")
    op.drop_column("workers", "load_seconds")
