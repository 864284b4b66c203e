"""Which model gave how many results, counted beforehand; rollups of documents by time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply; whoever migrates makes views and triggers anew, and marks all rollups as stale."""
    op.create_table(
        "rollup_results",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_results")),
    )
    op.create_index(op.f("ix_rollup_results_block"), "rollup_results", ["block"])
    op.create_index(op.f("ix_rollup_documents_time"), "rollup_documents", ["time"])


def downgrade() -> None:
    """Take back; views and triggers went before."""
    op.drop_index(op.f("ix_rollup_documents_time"), "rollup_documents")
    op.drop_table("rollup_results")
