"""Translations: each document in the run's target language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped

from schema.database.base import Base
from schema.results.base import ResultTable


@dataclass(frozen=True, slots=True)
class Translation:
    """The document in another language (`language`, ISO 639-1)."""

    language: str
    translation: str
    windows: int = 1

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        return {"language": self.language, "text": self.translation}


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
