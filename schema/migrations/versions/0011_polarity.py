"""Polarity beside labels, all probabilities, and which results are unsure."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

#: What labels meant when this was written; a migration does not change when our list does. Of stars
#: those of a scale of five.
_NEGATIVE = "neg negative negativ negativo very_negative 1_star 1_stars 2_star 2_stars"
_NEUTRAL = "neu neutral neutre neutro 3_star 3_stars"
_POSITIVE = "pos positive positiv positivo very_positive 4_star 4_stars 5_star 5_stars"


def upgrade() -> None:
    """Apply. Rows that are there get the polarity that their label names, or none."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("probabilities", _JSON, nullable=True),
        sa.Column("unsure", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=True),
        sa.Column("polarity_score", sa.Double(), nullable=True),
    )
    for column in columns:
        op.add_column("sentiments", column)
    for table_name in ("entities", "answers"):
        op.add_column(
            table_name, sa.Column("unsure", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    table = sa.table("sentiments", sa.column("label"), sa.column("polarity"))
    name = sa.func.replace(sa.func.replace(sa.func.lower(table.c.label), " ", "_"), "-", "_")
    polarity = sa.case(
        (name.in_(_NEGATIVE.split()), "negative"),
        (name.in_(_NEUTRAL.split()), "neutral"),
        (name.in_(_POSITIVE.split()), "positive"),
    )
    op.execute(sa.update(table).values(polarity=polarity))


def downgrade() -> None:
    """Take back."""
    # Not by writing the table anew, as Alembic would on SQLite: other tables refer to its rows.
    for table_name in ("answers", "entities"):
        op.drop_column(table_name, "unsure")
    for name in ("polarity_score", "polarity", "unsure", "probabilities"):
        op.drop_column("sentiments", name)
