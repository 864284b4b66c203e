"""What results were made of, so that the same text is computed once; runs that compute all anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RESULTS = ("languages", "sentiments", "entities", "answers", "summaries", "translations")
_KEY = ("cache_key", "run_id", "document_id")
_KNOWN = sa.text("cache_key IS NOT NULL")


def _shared() -> tuple[sa.Column[bytes], sa.Column[bool]]:
    return (
        sa.Column("cache_key", sa.LargeBinary(), nullable=True),
        # Defaults that are no expressions: PostgreSQL writes no row of a table anew for them.
        sa.Column("reused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def _index(table: str) -> None:
    name = op.f(f"ix_{table}_{'_'.join(_KEY)}")
    op.create_index(name, table, list(_KEY), postgresql_where=_KNOWN, sqlite_where=_KNOWN)


def upgrade() -> None:
    """Apply. Of what is stored already nobody knows what it was made of: it is not used again."""
    for table in _RESULTS:
        for column in _shared():
            op.add_column(table, column)
        _index(table)
    op.create_table(
        "empty_results",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("text_used", sa.Text(), server_default="original", nullable=False),
        *_shared(),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_empty_results_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_empty_results_model_id_models")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_empty_results_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "analysis", "document_id", name=op.f("pk_empty_results")),
    )
    op.create_index(op.f("ix_empty_results_document_id"), "empty_results", ["document_id"])
    _index("empty_results")
    op.add_column("jobs", sa.Column("reused", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "runs", sa.Column("fresh", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    """Take back. Results stay: each document has rows of its own."""
    op.drop_column("runs", "fresh")
    op.drop_column("jobs", "reused")
    op.drop_table("empty_results")
    for table in reversed(_RESULTS):
        op.drop_index(op.f(f"ix_{table}_{'_'.join(_KEY)}"), table)
        op.drop_column(table, "reused")
        op.drop_column(table, "cache_key")
