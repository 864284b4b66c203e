"""Clauses of documents, with the vectors that say what they are about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "embeddings",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("text_used", sa.Text(), server_default="original", nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_embeddings_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_embeddings_model_id_models")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_embeddings_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "document_id", "ordinal", name=op.f("pk_embeddings")),
    )
    op.create_index(
        op.f("ix_embeddings_document_id_run_id"), "embeddings", ["document_id", "run_id"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("embeddings")
