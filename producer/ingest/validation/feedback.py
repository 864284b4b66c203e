"""Feedback: a row that has been looked into and may go in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from producer.ingest.readers.row import Row


@dataclass(slots=True)
class Feedback:
    """One document to be, as `schema.tables.DocumentRow` has it.

    Attributes:
        row: What it was made of.
        file: The input that the row is of.
        identity: 32 hex digits that are the same for the same piece of feedback only.
        text_hash: 32 hex digits over the text without its title.
        metadata: A JSON object.
    """

    row: Row
    file: str
    identity: str
    source: str
    external_id: str | None
    text_hash: str
    text: str
    time: datetime | None
    language: str | None
    product: str | None
    metadata: str
    rating: float | None = None
    rating_scale: int | None = None
    title: str | None = None
    question: str | None = None


def digest(*parts: str) -> str:
    """32 hex digits over strings without NUL.

    Raises:
        UnicodeEncodeError: If one has a lone surrogate.
    """
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
