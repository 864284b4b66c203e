"""Feedback: a row that has been looked into and may go in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from producer.ingest.readers.row import Row

_encode_sorted = json.JSONEncoder(sort_keys=True).encode


@dataclass(slots=True)
class Feedback:
    """One document to be, as `schema.tables.DocumentRow` has it.

    Attributes:
        row: What it was made of.
        file: The input that the row is of.
        identity: 32 hex digits that are the same for the same piece of feedback only.
        text_hash: 32 hex digits over the text without its title.
        metadata: A JSON object.
        metadata_digest: Its `metadata_hash`, where that was made on the way.
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
    metadata_digest: str | None = field(default=None, compare=False)
    _content_hash: str | None = field(default=None, init=False, compare=False)
    _time_written: str | None = field(default=None, init=False, compare=False)

    @property
    def time_written(self) -> str | None:
        """The time in UTC as ISO 8601 has it."""
        if self._time_written is None and self.time is not None:
            self._time_written = self.time.isoformat()
        return self._time_written

    @property
    def content_hash(self) -> str:
        """As `hash_content` makes it."""
        if self._content_hash is None:
            self._content_hash = _hash_content(
                self.text_hash,
                self.time_written,
                self.language,
                self.rating,
                self.title,
                self.question,
            )
        return self._content_hash

    @property
    def metadata_hash(self) -> str:
        """As `hash_metadata` makes it."""
        if self.metadata_digest is None:
            self.metadata_digest = hash_metadata(self.product, self.metadata, self.rating_scale)
        return self.metadata_digest


def hash_content(
    text_hash: str,
    time: datetime | None,
    language: str | None,
    rating: float | None = None,
    title: str | None = None,
    question: str | None = None,
) -> str:
    """32 hex digits over what makes a new version of a document when it changes.

    What is missing leaves no trace, so that a further part, as the last one, changes nothing for
    documents that do not have it.

    Args:
        text_hash: Over the text without its title.
        time: In UTC.
        language: ISO 639-1.
        rating: The rating.
        title: The title.
        question: The question.
    """
    written = None if time is None else time.isoformat()
    return _hash_content(text_hash, written, language, rating, title, question)


def _hash_content(
    text_hash: str,
    time: str | None,
    language: str | None,
    rating: float | None,
    title: str | None,
    question: str | None,
) -> str:
    said = text_hash
    if time is not None:
        said += f"\0time={time}"
    if language is not None:
        said += f"\0language={language}"
    if rating is not None:
        said += f"\0rating={rating:g}"
    if title is not None:
        said += f"\0title={title}"
    if question is not None:
        said += f"\0question={question}"
    return digest_of(said)


def hash_metadata(product: str | None, metadata: str, rating_scale: int | None = None) -> str:
    """32 hex digits over what is written over in place when it changes, whatever the order of keys.

    Args:
        product: The product.
        metadata: A JSON object.
        rating_scale: The highest rating. It may be told from other rows: no new version.
    """
    if metadata != "{}":
        metadata = _encode_sorted(json.loads(metadata))
    return hash_sorted_metadata(product, metadata, rating_scale)


def hash_sorted_metadata(product: str | None, metadata: str, rating_scale: int | None) -> str:
    """As `hash_metadata`, of an object with its keys in order, in ASCII, as `json` writes it."""
    said = f"{product or ''}\0{metadata}"
    return digest_of(said if rating_scale is None else f"{said}\0{rating_scale}")


def digest(*parts: str) -> str:
    """32 hex digits over strings without NUL.

    Raises:
        UnicodeEncodeError: If one has a lone surrogate.
    """
    return digest_of("\0".join(parts))


def digest_of(said: str) -> str:
    """As `digest`, of strings that are joined already."""
    return blake2b(said.encode(), digest_size=16).hexdigest()
