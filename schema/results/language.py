"""Languages: in which language each document is written, one row a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped

from schema.database.base import Base
from schema.results.base import ResultTable

#: The code of a text that is in no language: it has no letters, say (ISO 639-2, undetermined).
NO_LANGUAGE = "und"

#: Where a language comes from: with the document, or from its text.
GIVEN, TEXT = "given", "text"


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """The language of a document.

    Attributes:
        language: As `schema.languages.read_language` gives it, e.g. `de`; `und` for no language.
        probability: 0..1; None where the document came with its language.
        unsure: Whether the text says too little: then it counts as a document of which nobody
            knows the language.
        origin: `given` if it came with the document, `text` if it was found in the text.
    """

    language: str
    probability: float | None
    unsure: bool
    origin: str

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        return {
            "language": self.language,
            "probability": self.probability,
            "unsure": self.unsure,
            "origin": self.origin,
        }


class LanguageRow(ResultTable, Base):
    """Table `languages`."""

    __tablename__ = "languages"
    analysis = "language"
    result = DetectedLanguage
    order = 0

    language: Mapped[str]
    probability: Mapped[float | None]
    unsure: Mapped[bool]
    origin: Mapped[str]
