"""What people say of results, and which documents are copies of each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "corrections",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("drawn", sa.Text(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_corrections_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_corrections_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    current = sa.text("superseded_at IS NULL")
    op.create_index(
        "uq_corrections_current",
        "corrections",
        ["document_id", "analysis", "said_by", "run_id"],
        unique=True,
        postgresql_where=current,
        sqlite_where=current,
    )
    op.create_index(op.f("ix_corrections_run_id_analysis"), "corrections", ["run_id", "analysis"])
    op.create_table(
        "near_duplicates",
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("is_equal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_near_duplicates_document_id_document_versions"),
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_near_duplicates")),
    )
    op.create_index(op.f("ix_near_duplicates_group_id"), "near_duplicates", ["group_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("near_duplicates")
    op.drop_table("corrections")
