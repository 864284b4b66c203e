"""Several classes a document: rows of `classifications` are numbered, the surest first. Those of
before are the only ones of their document, and so are those that a worker of before writes.
How many documents have which class is counted beforehand, and the view `v_classes` has them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KNOWN = sa.text("cache_key IS NOT NULL")
_TABLE, _OLD = "classifications", "classifications_before"
_KEY = ["run_id", "document_id", "analysis"]
_COLUMNS = (
    "run_id, document_id, analysis, label, score, windows, probabilities, unsure, model_id, "
    "text_used, cache_key, reused"
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rollup_classes",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("documents", "unsure", "analysed", "sure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_classes")),
    )
    op.create_index(op.f("ix_rollup_classes_block"), "rollup_classes", ["block"])
    if op.get_context().dialect.name == "postgresql":
        ordinal = sa.Column("ordinal", sa.Integer(), server_default=sa.text("0"), nullable=False)
        op.add_column(_TABLE, ordinal)
        op.drop_constraint(op.f("pk_classifications"), _TABLE)
        op.create_primary_key(op.f("pk_classifications"), _TABLE, [*_KEY, "ordinal"])
        return
    _rewrite(numbered=True)


def downgrade() -> None:
    """Take back: each document keeps its surest class."""
    op.drop_table("rollup_classes")
    op.execute(f"DELETE FROM {_TABLE} WHERE ordinal > 0")
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f("pk_classifications"), _TABLE)
        op.drop_column(_TABLE, "ordinal")
        op.create_primary_key(op.f("pk_classifications"), _TABLE, _KEY)
        return
    _rewrite(numbered=False)


def _rewrite(*, numbered: bool) -> None:
    """On SQLite, which changes no key; no other table refers to this one."""
    op.rename_table(_TABLE, _OLD)
    for index in ("document_id_analysis_run_id", "cache_key_run_id_document_id"):
        op.drop_index(op.f(f"ix_classifications_{index}"), _OLD)
    ordinal = sa.Column("ordinal", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.create_table(
        _TABLE,
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        *([ordinal] if numbered else []),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("probabilities", _JSON, nullable=True),
        sa.Column("unsure", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("text_used", sa.Text(), server_default="original", nullable=False),
        sa.Column("cache_key", sa.LargeBinary(), nullable=True),
        sa.Column("reused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_classifications_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_classifications_model_id_models")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_classifications_run_id_runs")
        ),
        sa.PrimaryKeyConstraint(
            *_KEY, *(["ordinal"] if numbered else []), name=op.f("pk_classifications")
        ),
    )
    op.execute(f"INSERT INTO {_TABLE} ({_COLUMNS}) SELECT {_COLUMNS} FROM {_OLD}")
    op.drop_table(_OLD)
    op.create_index(
        op.f("ix_classifications_document_id_analysis_run_id"),
        _TABLE,
        ["document_id", "analysis", "run_id"],
    )
    op.create_index(
        op.f("ix_classifications_cache_key_run_id_document_id"),
        _TABLE,
        ["cache_key", "run_id", "document_id"],
        postgresql_where=_KNOWN,
        sqlite_where=_KNOWN,
    )
