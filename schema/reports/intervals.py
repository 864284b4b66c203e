"""How far the shares of a report can be trusted, and how they differ from those of before.

Each share, in percent, gets two columns behind it: `<share>_low` and `<share>_high`, Wilson's
interval at 95 %. Compared with the period before it gets four more: `<share>_previous`,
`<share>_change` in points, and `<share>_change_low` and `<share>_change_high`, Newcombe's interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from schema.insights import wilson
from schema.insights.difference import newcombe
from schema.reports.errors import ReportError
from schema.reports.report import Report, Share
from schema.reports.rows import ReportRows, Row, Value

#: What the names of the columns of a change end in.
_CHANGES = ("previous", "change", "change_low", "change_high")

#: Decimal places of a figure in percent.
_DIGITS = 1


def with_intervals(found: ReportRows, report: Report) -> ReportRows:
    """The same rows with the interval of each share behind it.

    Raises:
        ReportError: If the report does not have the columns that it names, or a share is of less
            than it has, which is seen only when the row is read.
    """
    named = {*report.key, *(name for one in report.shares for name in (one.column, *one.counts))}
    if missing := sorted(named - set(found.columns)):
        raise ReportError(
            f"the report {report.name} has no column {missing[0]!r}, which its comments name"
        )

    def interval(counts: tuple[int, int], _: Row) -> tuple[Value, ...]:
        hits, total = counts
        if not total:
            return None, None
        if not 0 <= hits <= total:
            raise ReportError(f"the report {report.name} has a share of {hits} in {total}")
        return tuple(_percent(end) for end in wilson(hits, total))

    for share in report.shares:
        found = _behind_share(found, share, ("low", "high"), interval)
    return found


def with_changes(found: ReportRows, previous: ReportRows, report: Report) -> ReportRows:
    """The same rows with what each share was in the period before, and the change since then.

    Args:
        found: Of the period, as the SELECT gives them.
        previous: Of the period before, likewise; all of it is kept in memory.
        report: Which.

    Raises:
        ReportError: If nobody can tell which row was which.
    """
    key = [previous.columns.index(name) for name in report.key]
    rows = list(previous.rows)
    if not key and len(rows) > 1:
        raise ReportError(
            f"--against: the report {report.name} does not say what tells its rows apart; add a "
            "line, as in: -- key: product"
        )
    before = {tuple(row[place] for place in key): row for row in rows}
    for share in report.shares:
        places = [found.columns.index(name) for name in report.key]
        more = partial(_change, share=share, previous=previous, before=before, places=places)
        found = _behind_share(found, share, _CHANGES, more)
    return found


def _change(
    counts: tuple[int, int],
    row: Row,
    *,
    share: Share,
    previous: ReportRows,
    before: Mapping[Row, Row],
    places: Sequence[int],
) -> tuple[Value, ...]:
    old = before.get(tuple(row[place] for place in places))
    hits, total = (0, 0) if old is None else _counts(old, previous, share)
    if not (total and counts[1]):
        return (_percent(hits / total) if total else None), None, None, None
    was = hits / total
    changes = counts[0] / counts[1] - was, *newcombe(*counts, hits, total)
    return _percent(was), *map(_percent, changes)


def _behind_share(
    found: ReportRows,
    share: Share,
    names: tuple[str, ...],
    more: Callable[[tuple[int, int], Row], tuple[Value, ...]],
) -> ReportRows:
    """Add columns behind a share, or behind those that it has got already."""
    last = max(
        place
        for place, name in enumerate(found.columns)
        if name == share.column
        or name.startswith(f"{share.stem}_")
        and name.removeprefix(f"{share.stem}_") in ("low", "high")
    )
    columns = list(found.columns)
    columns[last + 1 : last + 1] = [f"{share.stem}_{name}" for name in names]
    rows = (
        (*row[: last + 1], *more(_counts(row, found, share), row), *row[last + 1 :])
        for row in found.rows
    )
    return ReportRows(tuple(columns), rows, found.kinds)


def _counts(row: Row, found: ReportRows, share: Share) -> tuple[int, int]:
    hits, total = (row[found.columns.index(name)] for name in share.counts)
    return int(cast(Any, hits) or 0), int(cast(Any, total) or 0)


def _percent(share: float) -> float:
    return round(100 * share, _DIGITS)
