"""Dead letters: documents that failed for good in one analysis."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class DeadLetter(Base):
    """Table `dead_letters`. `message` never quotes the document."""

    __tablename__ = "dead_letters"
    __table_args__ = (Index(None, "document_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("document_versions.id"), primary_key=True
    )
    analysis: Mapped[str] = mapped_column(primary_key=True)
    error_class: Mapped[str]
    message: Mapped[str]
    #: Attempts of the job that it failed in.
    attempts: Mapped[int]
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id"))
    failed_at: Mapped[datetime]
