"""Languages of documents, jobs that wait for others, documents that are not analysed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
#: Tables of results that say what was read.
_RESULTS = ("sentiments", "entities", "answers", "summaries", "translations")


def upgrade() -> None:
    """Apply."""
    op.add_column("runs", sa.Column("needs", _JSON, nullable=True))
    for table in _RESULTS:
        # A default that is no expression: PostgreSQL writes no row of the table anew for it.
        op.add_column(
            table, sa.Column("text_used", sa.Text(), server_default="original", nullable=False)
        )
    op.create_table(
        "languages",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("text_used", sa.Text(), server_default="original", nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_languages_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_languages_model_id_models")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_languages_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "document_id", name=op.f("pk_languages")),
    )
    op.create_index(op.f("ix_languages_document_id_run_id"), "languages", ["document_id", "run_id"])
    op.create_table(
        "abstentions",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_abstentions_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_abstentions_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "analysis", "document_id", name=op.f("pk_abstentions")),
    )
    op.create_index(op.f("ix_abstentions_document_id"), "abstentions", ["document_id"])


def downgrade() -> None:
    """Take back. Nothing may wait for others any more, or nobody would know."""
    op.execute("UPDATE jobs SET state = 'pending' WHERE state = 'blocked'")
    op.drop_table("abstentions")
    op.drop_table("languages")
    # Not by writing the table anew, as Alembic would on SQLite: other tables refer to its rows.
    for table in reversed(_RESULTS):
        op.drop_column(table, "text_used")
    op.drop_column("runs", "needs")
