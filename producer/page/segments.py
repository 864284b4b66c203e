"""Products, languages, sources, and whatever else the metadata divide customers by."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from schema.questions import NoAnswerError, Scope
from schema.questions.measure import Measure
from schema.questions.scope import select_rows
from schema.questions.segment_counts import COLUMNS, read_segment_counts
from schema.questions.segments import SegmentFigures, read_segments

#: Segments of each kind that are shown: the worst that are ranked, then others.
SHOWN = 12
#: Keys of metadata that are shown, …
KEYS = 3
#: … of those with so many different values in the newest documents, …
VALUES = range(2, 13)
#: … of which so many are looked at, and so many of them have to have the key.
SAMPLE, COVERED = 2_000, 0.3


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment, and the key of its texts."""

    figures: SegmentFigures
    key: str


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """Segments of one kind, the worst first.

    Attributes:
        by: `product`, `language`, `source`, or a key of the metadata.
        option: The same as `triage segments --by` has it.
        more: Segments that are not shown.
        without: Documents that do not say.
    """

    by: str
    option: str
    measure: Measure
    rows: list[SegmentRow]
    more: int
    without: int


def read_segment_tables(
    connection: Connection, scope: Scope, index: TextIndex, newest: Scope
) -> list[SegmentTable] | None:
    """Read the kinds by which at least two segments can be told apart; None if there are none.

    Args:
        connection: Open.
        scope: Which documents.
        index: Notes the texts.
        newest: Its `newest_part`.

    Raises:
        NoAnswerError: If there is nothing to compare them by.
    """
    found: list[SegmentTable] = []
    kinds = (*COLUMNS, *(f"metadata.{key}" for key in _keys(connection, scope)))
    for by, counted in read_segment_counts(connection, scope, kinds).items():
        try:
            segments = read_segments(connection, scope, by, newest=newest, counted=counted)
        except NoAnswerError:
            # Of the product that says that there are no ratings and no polarities, too.
            if by == COLUMNS[-1] and not found:
                raise
            continue
        if sum(one.segment.ranked for one in segments.segments) < 2 and by != "product":
            continue
        name = by.removeprefix("metadata.")
        rows = []
        for place, one in enumerate(segments.segments[:SHOWN]):
            count = one.segment.count
            title = f"{count.name}: {segments.measure.meaning}"
            key = index.add(f"{name}{place}", title, count.hits, one.examples)
            rows.append(SegmentRow(one, key))
        more = len(segments.segments) - len(rows)
        found.append(SegmentTable(name, by, segments.measure, rows, more, segments.without))
    return found or None


_METADATA = f"""
SELECT t.metadata, t.rating FROM documents AS t
WHERE t.id > (SELECT COALESCE(MAX(e.id), 0) - {SAMPLE} FROM document_versions AS e)
  AND t.id IN (
      SELECT d.id FROM current_documents AS d
      WHERE d.id > (SELECT COALESCE(MAX(e.id), 0) - {SAMPLE} FROM document_versions AS e)
  )
"""


def _keys(connection: Connection, scope: Scope) -> list[str]:
    """Keys of metadata with a handful of values, those with the fewest first."""
    read = 0
    values: dict[str, Counter[str]] = {}
    rated: dict[str, dict[float, set[str]]] = {}
    for metadata, rating in select_rows(connection, _METADATA, scope):
        read += 1
        for key, value in _items(metadata):
            if isinstance(value, str | bool | int) and '"' not in key and str(value).strip():
                values.setdefault(key, Counter())[str(value)] += 1
                if rating is not None:
                    rated.setdefault(key, {}).setdefault(rating, set()).add(str(value))
    chosen = [
        key
        for key, counts in values.items()
        if len(counts) in VALUES
        and counts.total() >= COVERED * read
        and not _is_rating(rated.get(key, {}))
    ]
    return sorted(chosen, key=lambda key: (len(values[key]), key))[:KEYS]


def _is_rating(written: dict[float, set[str]]) -> bool:
    """Whether a key has the ratings as they were written: each has one of its own."""
    names = [name for names in written.values() for name in names]
    return len(written) > 1 and len(names) == len(written) == len(set(names))


def _items(metadata: Any) -> Any:
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    return metadata.items() if isinstance(metadata, dict) else ()
