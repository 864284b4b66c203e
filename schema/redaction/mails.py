"""E-mail addresses, also those that are written around robots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schema.redaction.found import Found, Kind

_PLAIN = re.compile(r"[\w.+%'-]*[\w+]@(?:[\w-]+\.)+[^\W\d_]{2,}", re.UNICODE)
_AROUND = re.compile(
    r"[\w.+-]*\w\s*[(\[{]\s*(?:at|ät)\s*[)\]}]\s*"
    r"[\w-]+(?:\s*(?:\.|[(\[{]\s*(?:dot|punkt|punto|point)\s*[)\]}])\s*[\w-]+)+",
    re.IGNORECASE,
)


def find_mails(text: str) -> Iterator[Found]:
    """Where they are."""
    if "@" in text:
        yield from (Found(*one.span(), Kind.EMAIL) for one in _PLAIN.finditer(text))
    if "at" in text.lower() or "ät" in text.lower():
        yield from (Found(*one.span(), Kind.EMAIL) for one in _AROUND.finditer(text))
