"""Rollups of what reports count. Whoever migrates makes the triggers that keep them true."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _integers(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def _table(name: str, *columns: sa.Column[Any], numbered: bool = True) -> None:
    """A table with an id, and the block that a row is of."""
    key = sa.Column("id", _BIG_ID, nullable=False, autoincrement=numbered)
    block = sa.Column("block", sa.BigInteger(), nullable=False)
    op.create_table(
        name, key, block, *columns, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    )
    op.create_index(op.f(f"ix_{name}_block"), name, ["block"])


def upgrade() -> None:
    """Apply."""
    _table("rollup_stale")
    _table(
        "rollup_documents",
        *_texts("source"),
        *_texts("product", "language", nullable=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        *_integers("rating_scale", nullable=True),
        *_texts("polarity", "leaning", nullable=True),
        sa.Column("polarity_score", sa.Double(), nullable=True),
        *_texts("label", nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=True),
        *_integers("sentiment_run_id", "sentiment_model_id", nullable=True),
        *_integers("characters", "resolved", "translated"),
        numbered=False,
    )
    _table(
        "rollup_entities",
        *_texts("type", "entity"),
        *_texts("spelling", nullable=True),
        *_integers("mentions", "unsure_mentions", "documents"),
        *_integers("positive", "neutral", "negative", "unsure"),
    )
    _table(
        "rollup_answers",
        *_texts("question", "grouped", "spelling"),
        *_integers("documents", "unsure"),
        sa.Column("score", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Take back; the triggers went before."""
    for name in ("answers", "entities", "documents", "stale"):
        op.drop_table(f"rollup_{name}")
