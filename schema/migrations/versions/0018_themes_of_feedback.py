"""Themes of feedback, and what people change about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _create_sets_and_edits()
    _create_memberships()
    _create_themes()
    _create_weeks()


def _create_sets_and_edits() -> None:
    op.create_table(
        "theme_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column(
            "detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_edits")),
    )
    op.create_table(
        "theme_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("projection", sa.LargeBinary(), nullable=True),
        sa.Column("next_theme_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_sets")),
    )


def _create_memberships() -> None:
    op.create_table(
        "document_themes",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column(
            "document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("copy_key", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document_versions.id"],
            name=op.f("fk_document_themes_document_id_document_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["theme_sets.id"], name=op.f("fk_document_themes_set_id_theme_sets")
        ),
        sa.PrimaryKeyConstraint(
            "set_id", "document_id", "ordinal", name=op.f("pk_document_themes")
        ),
    )
    for columns in (
        ["document_id"],
        *(["set_id", f"{of}_id", "document_id"] for of in ("theme", "topic")),
    ):
        op.create_index(f"ix_document_themes_{'_'.join(columns)}", "document_themes", columns)


def _create_themes() -> None:
    op.create_table(
        "themes",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("broad_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=True),
        sa.Column(
            "phrases", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("centre", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("split_from", sa.Integer(), nullable=True),
        sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["theme_sets.id"], name=op.f("fk_themes_set_id_theme_sets")
        ),
        sa.PrimaryKeyConstraint("set_id", "id", name=op.f("pk_themes")),
    )


def _create_weeks() -> None:
    op.create_table(
        "theme_weeks",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("volume", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id", "theme_id"],
            ["themes.set_id", "themes.id"],
            name=op.f("fk_theme_weeks_set_id_theme_id_themes"),
        ),
        sa.PrimaryKeyConstraint("set_id", "theme_id", "week", name=op.f("pk_theme_weeks")),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("theme_weeks", "themes", "document_themes", "theme_sets", "theme_edits"):
        op.drop_table(table)
