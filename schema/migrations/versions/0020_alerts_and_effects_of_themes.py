"""What was expected of a theme in a week, and what goes with it; also views of themes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

#: All may be null, as they are in rows of before.
_ADDED = {
    "theme_weeks": ("expected", "p", "q"),
    "themes": ("effect", "effect_low", "effect_high", "effect_given_others"),
}


def upgrade() -> None:
    """Apply; the views of `schema.views` are made anew with it."""
    for table, columns in _ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Double(), nullable=True))


def downgrade() -> None:
    """Take back; the views went before."""
    for table, columns in _ADDED.items():
        for column in reversed(columns):
            op.drop_column(table, column)
