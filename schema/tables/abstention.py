"""Abstentions: documents that an analysis has left alone, with the reason."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class AbstentionRow(Base):
    """Table `abstentions`. `reason` never quotes the document."""

    __tablename__ = "abstentions"
    # Status counts them by run and analysis.
    __table_args__ = (Index(None, "document_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    analysis: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("document_versions.id"), primary_key=True
    )
    #: Behind “not analysed: ”, e.g. `language de`.
    reason: Mapped[str]
