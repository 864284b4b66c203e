"""Which documents the report `urgent` lists, worked out beforehand by blocks of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply; no block is worked out yet."""
    op.create_table(
        "rollup_urgent",
        sa.Column("id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_urgent")),
    )
    op.create_index(op.f("ix_rollup_urgent_block"), "rollup_urgent", ["block"])
    op.create_table(
        "rollup_urgent_blocks",
        sa.Column("block", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("block", name=op.f("pk_rollup_urgent_blocks")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("rollup_urgent_blocks")
    op.drop_table("rollup_urgent")
