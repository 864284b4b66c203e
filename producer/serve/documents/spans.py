"""A text in stretches that follow each other, by the spans in it that something is said of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text that something is said of.

    Attributes:
        start: Its first character, …
        end: … and the one behind its last.
        kind: `entity` or `answer`.
        said: What is said of it.
    """

    start: int
    end: int
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, with the spans that cover it."""

    text: str
    spans: tuple[Span, ...] = ()


def cut(text: str, spans: Sequence[Span]) -> list[Stretch]:
    """The text in stretches, at whose ends a span begins or ends; together they are the text.

    >>> [stretch.text for stretch in cut("a zip broke", [Span(2, 5, "entity", "PROD")])]
    ['a ', 'zip', ' broke']
    """
    length = len(text)
    there = [one for one in spans if 0 <= one.start < one.end <= length]
    places = sorted({0, length, *(one.start for one in there), *(one.end for one in there)})
    return [
        Stretch(
            text[start:end],
            tuple(one for one in there if one.start <= start and end <= one.end),
        )
        for start, end in zip(places, places[1:], strict=False)
    ]
