"""What the writers of documents are up to. The views are made anew, `v_intents` among them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KNOWN = sa.text("cache_key IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "intents",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("text_used", sa.Text(), server_default="original", nullable=False),
        sa.Column("cache_key", sa.LargeBinary(), nullable=True),
        sa.Column("reused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_intents_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_intents_model_id_models")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_intents_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "document_id", "ordinal", name=op.f("pk_intents")),
    )
    op.create_index(op.f("ix_intents_document_id_run_id"), "intents", ["document_id", "run_id"])
    op.create_index(
        op.f("ix_intents_cache_key_run_id_document_id"),
        "intents",
        ["cache_key", "run_id", "document_id"],
        postgresql_where=_KNOWN,
        sqlite_where=_KNOWN,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("intents")
