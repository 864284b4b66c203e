"""How near clauses are to their themes, in the vectors that a set of themes was made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_COLUMNS = ("least_similarity", "usual_similarity")


def upgrade() -> None:
    """Apply. Sets that are there have none, and go on as before."""
    for name in _COLUMNS:
        op.add_column("theme_sets", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for name in _COLUMNS:
        op.drop_column("theme_sets", name)
