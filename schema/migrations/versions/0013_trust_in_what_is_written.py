"""Where the sentences of an extractive summary stand, and how sure a translation is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. A summary that a model wrote has no sentences."""
    op.add_column("summaries", sa.Column("sentences", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("translations", sa.Column("confidence", sa.Double(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("translations", "confidence")
    op.drop_column("summaries", "sentences")
