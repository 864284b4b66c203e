"""Intent: what the writer of a document is up to, a row for each thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.results.base import NOT_UNSURE, OrdinalTable


@dataclass(frozen=True, slots=True)
class FoundIntent:
    """Something that the writer is up to; a document has one or many, the surest first.

    Attributes:
        intent: One of `schema.intents.Intent`, or `none` where none of them is more probable than
            not: then it is the only one.
        unsure: Whether it is less probable than the model's threshold for it asks; reports leave it
            out and count it.
        windows: Pieces in which the document was read.
    """

    intent: str
    score: float
    windows: int = 1
    unsure: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        return {"intent": self.intent, "score": self.score, "unsure": self.unsure}


class IntentRow(OrdinalTable, Base):
    """Table `intents`. A document without any intent has the row `none`, so that what a newer run
    says of it takes the place of what an older one said.
    """

    __tablename__ = "intents"
    analysis = "intent"
    result = FoundIntent
    order = 7
    may_be_empty = False

    intent: Mapped[str]
    score: Mapped[float]
    windows: Mapped[int]
    unsure: Mapped[bool] = mapped_column(server_default=NOT_UNSURE)
