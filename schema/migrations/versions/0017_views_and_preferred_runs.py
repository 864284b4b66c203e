"""Which runs are preferred. With this revision come the views of `schema.views`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Whoever migrates makes the views, when all tables are as they have to be."""
    op.add_column("runs", sa.Column("preferred_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back; the views went before."""
    op.drop_column("runs", "preferred_at")
