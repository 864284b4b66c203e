"""Versions of documents: what changed at its source is kept beside what it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: Not written as constraints that SQLite could only add by writing a table anew.
_VERSION_COLUMNS = (
    ("version", sa.Integer(), False, "1"),
    ("first_id", sa.BigInteger(), True, None),
    ("content_hash", sa.Text(), True, None),
    ("metadata_hash", sa.Text(), True, None),
    ("replaced_at", sa.DateTime(timezone=True), True, None),
    ("gone_at", sa.DateTime(timezone=True), True, None),
)
_OTHER_COLUMNS = (
    ("runs", "updated", sa.BigInteger(), False, "0"),
    ("runs", "updated_positions", sa.BigInteger(), False, "0"),
    ("runs", "rejects_forgotten", sa.BigInteger(), False, "0"),
    ("run_inputs", "source", sa.Text(), True, None),
    ("run_documents", "input", sa.BigInteger(), True, None),
)


def upgrade() -> None:
    """Apply.

    Every document there is becomes version 1 of itself. Its hashes stay empty, and are computed
    when it is delivered again. The view takes all columns that the table has by now.
    """
    op.rename_table("documents", "document_versions")
    for name, kind, nullable, default in _VERSION_COLUMNS:
        column = sa.Column(name, kind, nullable=nullable, server_default=default)
        op.add_column("document_versions", column)
    for table, name, kind, nullable, default in _OTHER_COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=nullable, server_default=default))
    some = sa.text("first_id IS NOT NULL")
    op.create_index(
        "ix_document_versions_first_id",
        "document_versions",
        ["first_id"],
        postgresql_where=some,
        sqlite_where=some,
    )
    op.execute("CREATE VIEW documents AS SELECT * FROM document_versions WHERE replaced_at IS NULL")


def downgrade() -> None:
    """Take back. Versions that were replaced stay as documents of their own."""
    op.execute("DROP VIEW documents")
    op.drop_index("ix_document_versions_first_id", "document_versions")
    # Not by writing the table anew, as Alembic would on SQLite: other tables refer to its rows.
    for table, name, *_ in reversed(_OTHER_COLUMNS):
        op.drop_column(table, name)
    for name, *_ in reversed(_VERSION_COLUMNS):
        op.drop_column("document_versions", name)
    op.rename_table("document_versions", "documents")
