"""Corrections: what a person says a document's label is, beside what the model has said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId

#: How a document came to be labelled: drawn at random, so that it speaks for its run, …
RANDOM = "random"
#: … because the model was unsure of it, so that it speaks for itself alone, …
LEAST_CERTAIN = "least certain"
#: … or because somebody came upon it: likewise.
CHOSEN = "chosen"

_CURRENT = text("superseded_at IS NULL")


class CorrectionRow(Base):
    """Table `corrections`. What a model has said stays where it is; a person who says something
    else later gets a row of their own, and the one before has `superseded_at`.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        Index(
            "uq_corrections_current",
            *("document_id", "analysis", "said_by", "run_id"),
            unique=True,
            postgresql_where=_CURRENT,
            sqlite_where=_CURRENT,
        ),
        Index(None, "run_id", "analysis"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: The version that was read.
    document_id: Mapped[int] = mapped_column(BigId, ForeignKey("document_versions.id"))
    analysis: Mapped[str]
    #: Of sentiment the polarity, of others one of the model's labels.
    label: Mapped[str]
    said_by: Mapped[str]
    said_at: Mapped[datetime]
    #: The run that it was drawn from; null where that run was deleted.
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    #: `RANDOM`, `LEAST_CERTAIN` or `CHOSEN`.
    drawn: Mapped[str]
    superseded_at: Mapped[datetime | None]
