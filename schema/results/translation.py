"""Translations: each document in the run's target language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped

from schema.database.base import Base
from schema.results.base import ResultTable


@dataclass(frozen=True, slots=True)
class Translation:
    """The document in another language (`language`, ISO 639-1).

    Attributes:
        confidence: How sure the model was of what it wrote: the geometric mean of its tokens'
            probabilities, of the least sure piece, 0 to 1. None where nobody can tell: the document
            is its own translation, or the model's search keeps no probabilities.
    """

    language: str
    translation: str
    windows: int = 1
    confidence: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        shown: dict[str, Any] = {"language": self.language, "text": self.translation}
        return shown if self.confidence is None else shown | {"confidence": self.confidence}


class TranslationRow(ResultTable, Base):
    """Table `translations`; a document that is in the target language already is its own."""

    __tablename__ = "translations"
    analysis = "translation"
    result = Translation
    order = 5
    writes_text = True

    language: Mapped[str]
    translation: Mapped[str]
    windows: Mapped[int]
    confidence: Mapped[float | None]
