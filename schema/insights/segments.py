"""Which segments differ from all others: countries, plans, products, any key of the metadata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schema.insights.difference import chance_of_difference, newcombe
from schema.insights.false_discovery import MOST_WRONG, benjamini_hochberg
from schema.insights.proportion import Interval, wilson

#: Documents that a segment is ranked from; those with fewer come behind, each with its interval.
MIN_DOCUMENTS = 30


class SegmentCount(NamedTuple):
    """How many documents of a segment count, of all that it has."""

    name: str
    hits: int
    total: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment beside all others together.

    Attributes:
        count: Its name and counts.
        share: `hits` of `total`.
        interval: Where the share lies.
        difference: Its share, less that of all other segments together.
        difference_interval: Where the difference lies.
        p: How often chance alone makes it as large.
        q: The same over all segments together; see `benjamini_hochberg`.
        ranked: Whether it has `MIN_DOCUMENTS`; others are in no order but that of their names.
    """

    count: SegmentCount
    share: float
    interval: Interval
    difference: float
    difference_interval: Interval
    p: float
    q: float
    ranked: bool

    @property
    def is_sure(self) -> bool:
        """Whether the difference is more than chance, with all that are looked at in mind."""
        low, high = self.difference_interval
        return self.q <= MOST_WRONG and not low <= 0 <= high


def compare_segments(counts: Sequence[SegmentCount]) -> list[Segment]:
    """Compare each segment with all others together.

    Returns:
        The highest difference first; behind them by name those with too few documents to be
        ranked. Segments without documents are left out.
    """
    there = [one for one in counts if one.total]
    hits, total = sum(one.hits for one in there), sum(one.total for one in there)
    beside = [(one.hits, one.total, hits - one.hits, total - one.total) for one in there]
    chances = [chance_of_difference(*four) for four in beside]
    adjusted = benjamini_hochberg(chances)
    found = []
    for one, four, p, q in zip(there, beside, chances, adjusted, strict=True):
        others = four[2] / four[3] if four[3] else one.hits / one.total
        found.append(
            Segment(
                count=one,
                share=one.hits / one.total,
                interval=wilson(one.hits, one.total),
                difference=one.hits / one.total - others,
                difference_interval=newcombe(*four),
                p=p,
                q=float(q),
                ranked=one.total >= MIN_DOCUMENTS,
            )
        )
    return sorted(found, key=_rank)


def _rank(segment: Segment) -> tuple[bool, float, str]:
    return (not segment.ranked, -segment.difference if segment.ranked else 0, segment.count.name)
