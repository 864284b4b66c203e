"""Public sets of texts of which something of their intent is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from recipes.encoder.data.intent import IntentText
from recipes.encoder.data.intent_messages import assistant, messages, support, turns
from recipes.encoder.data.intent_reviews import (
    bank_complaints,
    comments,
    everyday,
    hospital,
    reviews,
    sentences,
    terse,
)


@dataclass(frozen=True)
class IntentSource:
    """A set of texts.

    Attributes:
        name: Of the set.
        read: Yields all of it.
        draw: Texts of an epoch that are of each class, and last of those that are of none.
    """

    name: str
    read: Callable[[Path], Iterator[IntentText]]
    draw: tuple[int, int, int, int, int, int]


SOURCES = (
    IntentSource("reviews", reviews, (1500, 600, 1500, 0, 300, 300)),
    IntentSource("terse", terse, (700, 200, 700, 0, 50, 0)),
    IntentSource("sentences", sentences, (900, 300, 1100, 0, 50, 1400)),
    IntentSource("hospital", hospital, (1500, 300, 1200, 0, 50, 300)),
    IntentSource("bank_complaints", bank_complaints, (700, 500, 0, 0, 500, 0)),
    IntentSource("support", support, (300, 900, 0, 700, 350, 200)),
    IntentSource("turns", turns, (500, 900, 0, 700, 150, 900)),
    IntentSource("messages", messages, (700, 900, 0, 900, 150, 700)),
    IntentSource("assistant", assistant, (0, 1200, 0, 1200, 0, 300)),
    IntentSource("everyday", everyday, (0, 0, 0, 900, 0, 900)),
    IntentSource("comments", comments, (900, 150, 1100, 300, 20, 900)),
)
