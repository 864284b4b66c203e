"""One of the things that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

#: Quotes of each.
QUOTES = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a customer.

    Attributes:
        document_id: Whose they are.
        external_id: How it was delivered; None without an id.
    """

    document_id: int
    external_id: str | None
    time: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something that changed beyond chance.

    Attributes:
        label: What kind of a thing it is, in a word or two of ours.
        said: What it is about: a theme, a product, or what happened.
        figure: By how much, with its interval.
        why: What it is compared with, and how sure it is.
        mood: `bad`, `good`, or `plain`.
        documents: At least so many documents are other than before: the end of the interval that
            is nearest to no change. The order of the digest.
        command: What shows all of the texts.
        key: What the page knows it by; "" if it does not.
        examples: Ids of documents behind it, the newest first.
        theme: Whose clauses are quoted; None to quote texts.
        quotes: Of these.
    """

    label: str
    said: str
    figure: str
    why: str
    mood: str
    documents: float
    command: str
    key: str
    examples: tuple[int, ...]
    theme: int | None = None
    quotes: Sequence[Quote] = ()


def nearest_to_none(low: float, high: float) -> float:
    """How far an interval stays from 0 at the least; 0 where it holds it."""
    return 0.0 if low <= 0 <= high else min(abs(low), abs(high))
