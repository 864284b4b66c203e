"""A document: one piece of customer feedback."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """What an analysis sees of one piece of feedback.

    Attributes:
        id: The `documents.id` of the ledger, or whatever id the caller of `triage analyze` gave.
        text: The original text, never empty. Every offset in a result counts its characters.
        language: ISO 639-1 code in lower case (`en`, `de`), that of ISO 639-3 where there is none
            (`ilo`), or None when nobody said.
    """

    id: int | str
    text: str
    language: str | None = None
