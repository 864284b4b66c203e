"""A document as the database has it."""

from __future__ import annotations

from typing import NamedTuple


class StoredDocument(NamedTuple):
    """The current version of a document.

    Attributes:
        id: Its key.
        first_id: The id of its version 1.
        text_hash: Over the text that is stored.
        content_hash: As `DocumentRow` has it; None of what an older version has stored.
        metadata_hash: Likewise.
        gone: Whether a delivery with all that there is came without it.
        new: Whether this block has stored it.
        in_run: Whether it was in the run before this block.
        analysed: Whether another run of the same analyses and options has it.
        hashed: Whether it was stored with its hashes.
    """

    id: int
    first_id: int
    text_hash: str
    content_hash: str | None
    metadata_hash: str | None
    gone: bool
    new: bool
    in_run: bool
    analysed: bool
    hashed: bool = True
