"""What was found in a text that names somebody, and where."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """What stands in place of it, in square brackets; in the order in which they are believed."""

    EMAIL = "e-mail"
    IBAN = "IBAN"
    CARD = "card"
    IP = "IP address"
    ADDRESS = "address"
    PHONE = "phone"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text, `text[start:end]`."""

    start: int
    end: int
    kind: Kind


_ORDER = {kind: place for place, kind in enumerate(Kind)}


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Those that are left where two lie over each other, in the order of the text: the kind that is
    believed more, of one kind the longest.
    """
    chosen: list[Found] = []
    ranked = sorted(found, key=lambda one: (_ORDER[one.kind], one.start - one.end, one.start))
    for one in ranked:
        if one.start < one.end and all(
            one.end <= other.start or one.start >= other.end for other in chosen
        ):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.start)
