"""Faults and who works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("process_started", sa.BigInteger(), nullable=False),
        sa.Column(
            "analyses", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
    for name in ("error_class", "error_message"):
        op.add_column("jobs", sa.Column(name, sa.Text(), nullable=True))
    op.add_column(
        "runs", sa.Column("forgotten", sa.BigInteger(), server_default="0", nullable=False)
    )
    for name in ("paused_at", "cancelled_at"):
        op.add_column("runs", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("runs") as runs:
        for name in ("cancelled_at", "paused_at", "forgotten"):
            runs.drop_column(name)
    with op.batch_alter_table("jobs") as jobs:
        for name in ("error_message", "error_class"):
            jobs.drop_column(name)

    op.drop_table("workers")
