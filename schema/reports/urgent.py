"""The report `urgent`: whom to call today, and why.

Which documents are looked at is decided in SQL; what their texts say, by the rules of
`schema.urgency`. Memory does not grow with them: only the most urgent are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from schema.reports.options import ReportOptions
from schema.reports.rows import Value
from schema.reports.urgent_candidates import Select, read_candidates, read_shown
from schema.urgency import Hit, Known, Urgency, default_rules, urgency_of

DESCRIPTION = "Whom to call today: the most urgent feedback, with reasons and quotes"

COLUMNS = (
    *("document", "source", "external_id", "time", "product", "rating", "rating_scale"),
    *("polarity", "urgency", "reasons", "quotes", "copies"),
)
#: Texts that the rules look through at once.
_BLOCK = 4_000
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
    kept = _MostUrgent(options.limit)
    candidates = read_candidates(select, options)
    while block := list(islice(candidates, _BLOCK)):
        listed = {row.id: (row, found) for row, found in _listed(block)}
        shown = read_shown(select, list(listed))
        for document, (row, found) in listed.items():
            kept.add(row, shown[document], found)
    return kept.rows()


def _listed(block: Sequence[Any]) -> Iterator[tuple[Any, Urgency]]:
    """Of some candidates those that somebody should call."""
    rules = default_rules()
    hits = rules.find([row.text for row in block], [row.language for row in block])
    for row, found in zip(block, hits, strict=True):
        # Nothing else lists a text that says nothing urgent.
        if found or row.leaves:
            share = row.rating / row.rating_scale if row.rating_scale and row.rating else None
            known = Known(row.polarity, share, bool(row.complaint), bool(row.leaves))
            urgency = urgency_of(found, known, rules)
            if urgency.is_listed:
                yield row, urgency


class _MostUrgent:
    """The most urgent documents so far; of copies the most urgent one, with their number.

    Args:
        limit: How many are shown; None for all.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._best: dict[Any, tuple[tuple[Any, ...], Row, int]] = {}

    def add(self, row: Any, shown: Any, found: Urgency) -> None:
        """Count a document: of it a candidate, what `read_shown` gives, and how urgent it is."""
        key = shown.group_id if shown.group_id is not None else _words(row.text)
        time = -shown.time.timestamp() if shown.time else 0.0
        place = (-found.score, time, row.id)
        before = self._best.get(key)
        copies = 1 if before is None else before[2] + 1
        if before is None or place < before[0]:
            self._best[key] = place, _row(row, shown, found), copies
        else:
            self._best[key] = before[0], before[1], copies
        if self._limit is not None and len(self._best) > _SPARE * max(self._limit, 25):
            self._best = dict(self._sorted()[: self._limit])

    def rows(self) -> Iterator[Row]:
        """What is shown."""
        for _, (_, row, copies) in self._sorted()[: self._limit]:
            yield (*row, copies)

    def _sorted(self) -> list[tuple[Any, tuple[tuple[Any, ...], Row, int]]]:
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


def _words(text: str) -> str:
    # With numpy, for which no other report has to wait.
    from schema.insights.near_duplicates import normalise

    return normalise(text) or text
