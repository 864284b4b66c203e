"""Fields of a record: a key can say by itself that its value leads to a person."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from schema.redaction.redact import NOTHING, Known, redact
from schema.redaction.word_lists import word_lists

_BEFORE = frozenset(
    (
        *("customer", "user", "client", "contact", "billing", "shipping", "sender", "recipient"),
        *("reviewer", "author", "kunde", "kunden", "guest", "member", "buyer", "my", "your"),
    )
)


def redact_field(key: str, value: Any, known: Known = NOTHING) -> Any:
    """The value of a key without what leads to a person, whatever JSON it is."""
    kind = kind_of_key(key)
    if kind is not None and value not in (None, ""):
        return f"[{kind}]"
    if isinstance(value, str):
        return redact(value, known)
    if isinstance(value, dict):
        return {each: redact_field(str(each), inner, known) for each, inner in value.items()}
    if isinstance(value, list):
        return [redact_field(key, each, known) for each in value]
    return value


@cache
def kind_of_key(key: str) -> str | None:
    """What the values of a key are, such as `name` or `phone`; None if it does not say."""
    # `customerEmail`, `customer_email` and `Customer e-mail` are one.
    parts = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).lower())
    joined = "".join(parts)
    for kind, keys in word_lists("numbers")["keys"].items():
        if joined in keys or (parts and parts[0] in _BEFORE and "".join(parts[1:]) in keys):
            return str(kind)
    return None
