"""A document that joins a run, and which input it came from."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class JoiningDocument(NamedTuple):
    """A document that joins a run, in the columns of `schema.tables.RunDocument`.

    Attributes:
        document_id: Its key.
        input: As `input_number` makes it.
    """

    document_id: int
    input: int


@lru_cache(maxsize=64)
def input_number(digest: str) -> int:
    """The digest of an input, 16 hex digits, as a signed number of 64 bits."""
    return int.from_bytes(bytes.fromhex(digest), signed=True)
