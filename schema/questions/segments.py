"""Which product, language, source, country, plan … is worse than all others, and whether that is
more than chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from schema.insights.segments import Segment, SegmentCount, compare_segments
from schema.questions.counts import STARS, DocumentCounts
from schema.questions.errors import NoAnswerError
from schema.questions.examples import newest_part, segment_examples
from schema.questions.figures import Share
from schema.questions.measure import Measure, missing
from schema.questions.scope import Scope
from schema.questions.segment_counts import read_segment_counts

_HITS = {Measure.NEGATIVE: "d.polarity = 'negative'", Measure.LOW_RATING: f"{STARS} <= 2"}


@dataclass(frozen=True, slots=True)
class SegmentFigures:
    """A segment beside all others together.

    Attributes:
        segment: Its share, the difference from that of all others, and the intervals of both.
        counts: All figures of its documents.
        examples: Ids of some of the documents that count in its share, the newest first.
    """

    segment: Segment
    counts: DocumentCounts
    examples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments, the worst first; behind them by name those with too few documents to be ranked.

    Attributes:
        by: What makes a segment.
        measure: What the shares are of: `LOW_RATING` or `NEGATIVE`.
        without: Documents that are in no segment, since they do not say which.
    """

    by: str
    measure: Measure
    segments: list[SegmentFigures]
    without: int


def read_segments(
    connection: Connection,
    scope: Scope,
    by: str,
    measure: Measure | None = None,
    newest: Scope | None = None,
    counted: Mapping[str | None, DocumentCounts] | None = None,
) -> Segments:
    """Read how segments differ.

    Args:
        connection: Open.
        scope: Which documents.
        by: One of `COLUMNS`, or `metadata.KEY`.
        measure: `LOW_RATING` or `NEGATIVE`; None for what there is, sentiment first.
        newest: The scope's `newest_part`, if it is known.
        counted: What `read_segment_counts` gave of it, if that is known.

    Raises:
        ReportError: If there can be no such segments.
        NoAnswerError: If no document says which segment it is in, or there is nothing to measure
            by.
    """
    if counted is None:
        counted = read_segment_counts(connection, scope, [by])[by]
    shares = {name: _shares(one) for name, one in counted.items()}
    there = [one for one in _HITS if any(of[one].total for of in shares.values())]
    chosen = measure or (Measure.NEGATIVE if Measure.NEGATIVE in there else Measure.LOW_RATING)
    if chosen not in there:
        raise missing(chosen if measure else Measure.NEGATIVE)
    named = {name: of[chosen] for name, of in shares.items() if name is not None}
    if not named:
        raise NoAnswerError(f"no document has a {by}; which there are, says: triage export")
    compared = compare_segments(
        [SegmentCount(name, share.count, share.total) for name, share in named.items()]
    )
    totals = {one.count.name: one.count.hits for one in compared}
    scopes = newest or newest_part(connection, scope), scope
    by_name = segment_examples(connection, scopes, by, _HITS[chosen], totals)
    found = [
        SegmentFigures(one, counted[one.count.name], by_name.get(one.count.name, ()))
        for one in compared
    ]
    without = counted[None].documents if None in counted else 0
    return Segments(by, chosen, found, without)


def _shares(counts: DocumentCounts) -> dict[Measure, Share]:
    return {Measure.NEGATIVE: counts.negative, Measure.LOW_RATING: counts.low_ratings}
