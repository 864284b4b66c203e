"""The report `urgent`: whom to call today, and why.

Which documents are looked at is decided in SQL; what their texts say, by the rules of
`schema.urgency`. What was found of blocks of documents is kept (`schema.reports.urgent_rollup`).
Memory does not grow with the documents: only the most urgent are held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from schema.reports.options import ReportOptions
from schema.reports.rows import Value
from schema.reports.urgent_candidates import (
    NAMED,
    Select,
    listed_of,
    read_all,
    read_named,
    read_shown,
    read_some,
)
from schema.reports.urgent_rollup import Listed, read_stored
from schema.urgency import Hit, Urgency

DESCRIPTION = "Whom to call today: the most urgent feedback, with reasons and quotes"

COLUMNS = (
    *("document", "source", "external_id", "time", "product", "rating", "rating_scale"),
    *("polarity", "urgency", "reasons", "quotes", "copies"),
)
#: Characters of a quote on each side of what the rules have found.
_AROUND = 60
#: Documents that are kept while more are read, for each that is shown in the end.
_SPARE = 4

Row = tuple[Value, ...]


def urgent(select: Select, options: ReportOptions) -> Iterator[Row]:
    """The documents that are listed, the most urgent first, of equally urgent ones the newest.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        options: Of them `limit`.
    """
    of_run = options.run_id is not None
    of_all = not (options.is_restricted or of_run)
    blocks, stored = ([], iter(())) if of_run else read_stored(select, of_all=of_all)
    candidates = read_all(select, blocks) if of_all else read_some(select, blocks)
    best = _MostUrgent(options.limit)
    for one in chain(stored, _found(select, candidates)):
        best.add(one)
    return _rows(select, best.chosen())


def _found(select: Select, candidates: Iterator[Any]) -> Iterator[Listed]:
    """Of candidates those that are listed."""
    # With numpy, for which no other report has to wait.
    from schema.insights.copies import text_key

    listed = listed_of(candidates)
    while some := dict((row.id, (row, found)) for row, found in islice(listed, NAMED)):
        shown = read_shown(select, list(some))
        for document, (row, found) in some.items():
            one = shown[document]
            yield Listed(document, found.score, row.time, text_key(row.text), one.group_id)


def _rows(select: Select, chosen: Sequence[tuple[int, int]]) -> Iterator[Row]:
    """What is shown of documents, by their ids and the numbers of their copies."""
    for first in range(0, len(chosen), NAMED):
        copies = dict(chosen[first : first + NAMED])
        shown = read_shown(select, list(copies))
        listed = {
            row.id: (row, found) for row, found in listed_of(read_named(select, list(copies)))
        }
        for document in copies:
            # Whoever is listed no more has changed meanwhile.
            if document in listed:
                row, found = listed[document]
                yield (*_row(row, shown[document], found), copies[document])


class _MostUrgent:
    """The most urgent documents so far; of copies the most urgent one, with their number.

    Args:
        limit: How many are shown; None for all.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._best: dict[tuple[str, int], tuple[tuple[float, float, int], int]] = {}

    def add(self, one: Listed) -> None:
        """Count a document."""
        key = ("words", one.words) if one.group_id is None else ("group", one.group_id)
        time = -one.time.timestamp() if one.time else 0.0
        place = (-one.score, time, one.id)
        before, copies = self._best.get(key, (place, 0))
        self._best[key] = min(place, before), copies + 1
        if self._limit is not None and len(self._best) > _SPARE * max(self._limit, 25):
            self._best = dict(self._sorted()[: self._limit])

    def chosen(self) -> list[tuple[int, int]]:
        """What is shown: ids, and how many copies there are of each."""
        return [(place[2], copies) for _, (place, copies) in self._sorted()[: self._limit]]

    def _sorted(self) -> list[tuple[tuple[str, int], tuple[tuple[float, float, int], int]]]:
        return sorted(self._best.items(), key=lambda item: item[1][0])


def _row(row: Any, shown: Any, found: Urgency) -> Row:
    quotes = "\n".join(quote_of(row.text, hit) for hit in found.hits)
    return (
        *(row.id, shown.source, shown.external_id, shown.time, shown.product, row.rating),
        *(row.rating_scale, row.polarity, found.score, "; ".join(found.reasons), quotes or None),
    )


def quote_of(text: str, hit: Hit) -> str:
    """What a text says at a place, with a little around it, and where it is.

    Of `text[start:end]`, `start` and `end` stand behind the signal, as in `safety 12-23: …`.
    """
    first = max(0, hit.start - _AROUND)
    last = min(len(text), hit.end + _AROUND)
    # From one word to another.
    while first and first < hit.start and not text[first - 1].isspace():
        first += 1
    while last < len(text) and last > hit.end and not text[last].isspace():
        last -= 1
    before, behind = "… " if first else "", " …" if last < len(text) else ""
    said = " ".join(text[first:last].split())
    return f"{hit.signal} {hit.start}-{hit.end}: {before}{said}{behind}"
