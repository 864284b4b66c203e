"""Where the sentences of an extractive summary stand in its document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. A summary that a model wrote has none."""
    op.add_column("summaries", sa.Column("sentences", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("summaries", "sentences")
