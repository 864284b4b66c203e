"""Summaries: a shorter text for each document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.results.base import ResultTable


@dataclass(frozen=True, slots=True)
class Summary:
    """A shorter text: written by a model, or sentences of the document.

    Attributes:
        sentences: Where the sentences stand in the document, each as (start, end) in characters;
            None if the model wrote the text itself.
    """

    summary: str
    windows: int = 1
    sentences: tuple[tuple[int, int], ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        if self.sentences is None:
            return {"text": self.summary}
        return {"text": self.summary, "sentences": [list(place) for place in self.sentences]}


class SummaryRow(ResultTable, Base):
    """Table `summaries`."""

    __tablename__ = "summaries"
    analysis = "summary"
    result = Summary
    order = 4
    writes_text = True

    summary: Mapped[str]
    windows: Mapped[int]
    sentences: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))
