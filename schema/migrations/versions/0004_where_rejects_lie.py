"""Where rejects lie."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "runs",
        sa.Column(
            "rejects_files", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
    )


def downgrade() -> None:
    """Take back."""
    # Not by writing the table anew, as Alembic would on SQLite: other tables refer to its rows.
    op.drop_column("runs", "rejects_files")
