"""Which product, language, source, country, plan … is worse than all others, and whether that is
more than chance.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from schema.insights.segments import Segment, SegmentCount, compare_segments
from schema.questions.counts import COUNTS, STARS, DocumentCounts
from schema.questions.errors import NoAnswerError
from schema.questions.examples import newest_part, segment_examples
from schema.questions.measure import Measure, missing
from schema.questions.scope import Scope, select_rows
from schema.reports import ReportError

#: Segments may be of any column of these kinds, beside `metadata.KEY`.
COLUMNS = ("product", "language", "source")
_KNOWN = {Measure.NEGATIVE: "known", Measure.LOW_RATING: "rated"}
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


_SQL = f"""
SELECT /* by */ {COUNTS}
FROM current_documents AS d
GROUP BY /* by */ d.id IS NULL
"""


def read_segments(
    connection: Connection,
    scope: Scope,
    by: str,
    measure: Measure | None = None,
    newest: Scope | None = None,
) -> Segments:
    """Read how segments differ.

    Args:
        connection: Open.
        scope: Which documents.
        by: One of `COLUMNS`, or `metadata.KEY`.
        measure: `LOW_RATING` or `NEGATIVE`; None for what there is, sentiment first.
        newest: The scope's `newest_part`, if it is known.

    Raises:
        ReportError: If there can be no such segments.
        NoAnswerError: If no document says which segment it is in, or there is nothing to measure
            by.
    """
    if by not in COLUMNS and not by.startswith("metadata."):
        raise ReportError(f"--by must be {', '.join(COLUMNS)} or metadata.KEY")
    rows = select_rows(connection, _SQL, scope, by=by)
    there = [one for one, known in _KNOWN.items() if any(getattr(row, known) for row in rows)]
    chosen = measure or (Measure.NEGATIVE if Measure.NEGATIVE in there else Measure.LOW_RATING)
    if chosen not in there:
        raise missing(chosen if measure else Measure.NEGATIVE)
    counts = {str(row.by_what): DocumentCounts.of(row) for row in rows if row.by_what is not None}
    if not counts:
        raise NoAnswerError(f"no document has a {by}; which there are, says: triage export")
    shares = {
        name: one.negative if chosen is Measure.NEGATIVE else one.low_ratings
        for name, one in counts.items()
    }
    compared = compare_segments(
        [SegmentCount(name, share.count, share.total) for name, share in shares.items()]
    )
    totals = {one.count.name: one.count.hits for one in compared}
    scopes = newest or newest_part(connection, scope), scope
    by_name = segment_examples(connection, scopes, by, _HITS[chosen], totals)
    found = [
        SegmentFigures(one, counts[one.count.name], by_name.get(one.count.name, ()))
        for one in compared
    ]
    without = sum(row.documents for row in rows if row.by_what is None)
    return Segments(by, chosen, found, without)
