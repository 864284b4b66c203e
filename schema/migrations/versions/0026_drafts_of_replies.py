"""Drafts of replies, and the libraries that they are taken from. The views are made anew, since
`v_replies` is one of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KNOWN = sa.text("cache_key IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "reply_libraries",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("macros", _JSON, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_reply_libraries")),
    )
    op.create_table(
        "replies",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("macro", sa.Text(), nullable=True),
        sa.Column("macro_line", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("open_places", sa.Text(), nullable=True),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("text_used", sa.Text(), server_default="original", nullable=False),
        sa.Column("cache_key", sa.LargeBinary(), nullable=True),
        sa.Column("reused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_replies_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_replies_model_id_models")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_replies_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "document_id", name=op.f("pk_replies")),
    )
    op.create_index(op.f("ix_replies_document_id_run_id"), "replies", ["document_id", "run_id"])
    op.create_index(
        op.f("ix_replies_cache_key_run_id_document_id"),
        "replies",
        ["cache_key", "run_id", "document_id"],
        postgresql_where=_KNOWN,
        sqlite_where=_KNOWN,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("replies")
    op.drop_table("reply_libraries")
