"""Summaries: a shorter text for each document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped

from schema.database.base import Base
from schema.results.base import ResultTable


@dataclass(frozen=True, slots=True)
class Summary:
    """A shorter text that the model wrote."""

    summary: str
    windows: int = 1

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        return {"text": self.summary}


class SummaryRow(ResultTable, Base):
    """Table `summaries`."""

    __tablename__ = "summaries"
    analysis = "summary"
    result = Summary
    order = 4
    writes_text = True

    summary: Mapped[str]
    windows: Mapped[int]
