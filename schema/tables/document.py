"""Documents, stored once however many runs analyse them, and the places they have in runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId

#: Stands behind the identity of a version that was replaced, before its number.
REPLACED = "~"


class DocumentRow(Base):
    """Table `document_versions`: one piece of customer feedback as it was delivered.

    Feedback that is delivered with other content becomes a further version, with an id of its own;
    results stay with the version that they were made of. `documents` is the view of the versions
    that are current, which is what reports read.

    `identity` is 32 hex digits over (source, external id), or over source, text and position in
    the input where there is no id; that of a version that was replaced has `~` and its number
    behind it, so that only one version of a document can be the current one. `text_hash` is 32 hex
    digits over the text without its title.
    """

    __tablename__ = "document_versions"
    __table_args__ = (
        # The names are those of before there were versions: SQLite cannot rename a constraint.
        UniqueConstraint("identity", name="uq_documents_identity"),
        Index(
            None,
            "first_id",
            postgresql_where=text("first_id IS NOT NULL"),
            sqlite_where=text("first_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str | None]
    identity: Mapped[str]
    text_hash: Mapped[str]
    #: What is analysed: the title, if there is one, a blank line, and what the customer wrote.
    text: Mapped[str]
    #: When the customer wrote it.
    time: Mapped[datetime | None]
    language: Mapped[str | None]
    product: Mapped[str | None]
    #: A number, the higher the better, …
    rating: Mapped[float | None]
    #: … and the highest that could be given (5, 10, 100); null where nobody can tell.
    rating_scale: Mapped[int | None]
    #: What the text begins with.
    title: Mapped[str | None]
    #: The column of the answer, where an input has several.
    question: Mapped[str | None]
    #: All other columns of the input. (`metadata` is taken on a declarative class.)
    extra: Mapped[dict[str, Any]] = mapped_column("metadata")
    stored_at: Mapped[datetime]
    #: From 1.
    version: Mapped[int] = mapped_column(server_default="1")
    #: The id that version 1 has, or had; null on version 1.
    first_id: Mapped[int | None] = mapped_column(BigInteger)
    #: 32 hex digits over what makes a new version when it changes; null on rows of before there
    #: were versions.
    content_hash: Mapped[str | None]
    #: 32 hex digits over what is written over in place when it changes: product and metadata.
    metadata_hash: Mapped[str | None]
    #: When a newer version came; null on the current one.
    replaced_at: Mapped[datetime | None]
    #: When a delivery with all that there is came without it; null while it still comes.
    gone_at: Mapped[datetime | None]


class RunDocument(Base):
    """Table `run_documents`: the documents of a run, numbered from 0 without gaps.

    A job is a range of these positions, so cutting a job in halves moves no row.
    """

    __tablename__ = "run_documents"
    __table_args__ = (UniqueConstraint("run_id", "document_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    document_id: Mapped[int] = mapped_column(BigId, ForeignKey("document_versions.id"), index=True)
    #: The input that it came from, `run_inputs.identity` as a signed number of 64 bits; null where
    #: an older version has stored it.
    input: Mapped[int | None] = mapped_column(BigInteger)
