"""A document as the database has it."""

from __future__ import annotations

from typing import NamedTuple


class StoredDocument(NamedTuple):
    """A document of this identity.

    Attributes:
        id: Its key.
        text_hash: Over the text that is stored.
        new: Whether this block has stored it.
        in_run: Whether it was in the run before this block.
    """

    id: int
    text_hash: str
    new: bool
    in_run: bool
