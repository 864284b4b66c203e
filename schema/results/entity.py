"""Entities: the people, organisations, places and products a document names, a row a mention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.results.base import NOT_UNSURE, OrdinalTable


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity; a document gives none, one or many, in order of `start`.

    Attributes:
        unsure: Whether the score is below the model's threshold; reports leave it out and count it.
    """

    type: str
    text: str
    start: int
    end: int
    score: float
    unsure: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        return {
            "type": self.type,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "score": self.score,
            "unsure": self.unsure,
        }


class EntityRow(OrdinalTable, Base):
    """Table `entities`."""

    __tablename__ = "entities"
    analysis = "entities"
    result = Entity
    order = 2

    type: Mapped[str]
    text: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    score: Mapped[float]
    unsure: Mapped[bool] = mapped_column(server_default=NOT_UNSURE)
