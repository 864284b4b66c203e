"""A document: one piece of customer feedback."""

from __future__ import annotations

from dataclasses import dataclass

#: What was read of a document: its own text, or its translation in the same run.
ORIGINAL, TRANSLATION = "original", "translation"


@dataclass(frozen=True, slots=True)
class Document:
    """What an analysis sees of one piece of feedback.

    Attributes:
        id: The `documents.id` of the ledger, or whatever id the caller of `triage analyze` gave.
        text: What is read, never empty: the original, or its translation. Every offset in a result
            counts its characters.
        language: ISO 639-1 code in lower case (`en`, `de`), that of ISO 639-3 where there is none
            (`ilo`), or None when nobody knows.
        translation: Its translation in the same run, where the run has one for this analysis.
        text_used: Whether `text` is the `original` or the `translation`.
    """

    id: int | str
    text: str
    language: str | None = None
    translation: str | None = None
    text_used: str = ORIGINAL
