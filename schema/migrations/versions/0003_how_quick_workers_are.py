"""How quick workers are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = ("tokens_per_second", "padding", "batch_fill", "forward_share")


def upgrade() -> None:
    """Apply."""
    for name in _COLUMNS:
        op.add_column("workers", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("workers") as workers:
        for name in reversed(_COLUMNS):
            workers.drop_column(name)
