"""Documents, stored once however many runs analyse them, and the places they have in runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class DocumentRow(Base):
    """Table `documents`: one piece of customer feedback.

    `identity` is 32 hex digits over (source, external id), or over source, text and position in
    the input where there is no id; `text_hash` is 32 hex digits over the text without its title.
    """

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str | None]
    identity: Mapped[str] = mapped_column(unique=True)
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


class RunDocument(Base):
    """Table `run_documents`: the documents of a run, numbered from 0 without gaps.

    A job is a range of these positions, so cutting a job in halves moves no row.
    """

    __tablename__ = "run_documents"
    __table_args__ = (UniqueConstraint("run_id", "document_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    document_id: Mapped[int] = mapped_column(BigId, ForeignKey("documents.id"), index=True)
