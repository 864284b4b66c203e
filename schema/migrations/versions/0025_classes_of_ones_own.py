"""Analyses of the user's own, with classes of their own, in one table. The views are made anew,
since `v_results_current` has their results, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KNOWN = sa.text("cache_key IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "classifications",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document_id", _BIG_ID, nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
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
            "run_id", "document_id", "analysis", name=op.f("pk_classifications")
        ),
    )
    op.create_index(
        op.f("ix_classifications_document_id_analysis_run_id"),
        "classifications",
        ["document_id", "analysis", "run_id"],
    )
    op.create_index(
        op.f("ix_classifications_cache_key_run_id_document_id"),
        "classifications",
        ["cache_key", "run_id", "document_id"],
        postgresql_where=_KNOWN,
        sqlite_where=_KNOWN,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("classifications")
