"""Sides: how a document was classified, as a condition and in words."""

from __future__ import annotations

from producer.errors import UsageError
from schema.polarity import Polarity
from schema.reports import Condition

#: What the model is unsure of, of all that were analysed; …
UNSURE = "unsure"
#: … and also what was not analysed, as bars of charts have it.
UNCLEAR = "unclear"
SIDES = (*(one.value for one in Polarity), UNSURE, UNCLEAR)
_WORDS = {UNSURE: "the model is unsure of", UNCLEAR: "unsure or not analysed"}


def read_side(side: str) -> Condition:
    """The documents of a side.

    Raises:
        UsageError: If there is no such side.
    """
    if side == UNSURE:
        return Condition("d.unsure", {})
    if side == UNCLEAR:
        return Condition("d.polarity IS NULL", {})
    if side not in SIDES:
        raise UsageError(f"a polarity is one of {', '.join(SIDES)}, and {side!r} is none")
    return Condition(f"d.polarity = '{side}'", {})


def side_words(side: str) -> str:
    """How documents of a side are called."""
    return _WORDS.get(side, f"classified as {side}")
