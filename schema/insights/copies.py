"""Copies: texts whose words are the same, which count as one."""

from __future__ import annotations

import hashlib

from schema.insights.near_duplicates import normalise as words_of


def normalise(text: str) -> str:
    """Words of a text in lower case: texts that differ in nothing else are copies."""
    return words_of(text) or text.strip()


def text_key(text: str) -> int:
    """A signed number of 64 bits for a normalised text; that of a copy is the same."""
    digest = hashlib.blake2b(normalise(text).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)
