"""How often the lease on a job has ended without its finish."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. A default that is no expression needs no new table: workers go on meanwhile."""
    op.add_column(
        "jobs", sa.Column("lease_expiries", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("jobs", "lease_expiries")
