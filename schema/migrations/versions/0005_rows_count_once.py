"""Rows count once: how far each input of a run is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply.

    What older runs have read is put down as one input that no file is: nobody knows any more which
    rows of which file it was. Such a run counts a file's rows once more when it is ingested again.
    """
    op.create_table(
        "run_inputs",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_run_inputs_run_id_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "identity", name=op.f("pk_run_inputs")),
    )
    op.execute(
        """
        INSERT INTO run_inputs (run_id, identity, name, counted, again)
        SELECT id, '', 'before inputs were counted', read, 0 FROM runs
        """
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("run_inputs")
