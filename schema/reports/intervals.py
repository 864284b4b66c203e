"""How far the shares of a report can be trusted, and how they differ from those of before.

Each share, in percent, gets two columns behind it: `<share>_low` and `<share>_high`, Wilson's
interval at 95 %. Compared with the period before it gets four more: `<share>_previous`,
`<share>_change` in points, and `<share>_change_low` and `<share>_change_high`, Newcombe's interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from schema.insights import wilson
from schema.insights.difference import newcombe
from schema.reports.report import Report, Share
from schema.reports.rows import ReportRows, Row, Value

#: Decimal places of a figure in percent.
_DIGITS = 1


def with_intervals(found: ReportRows, report: Report) -> ReportRows:
    """The same rows with the interval of each share behind it."""

    def interval(counts: tuple[int, int], _: Row) -> tuple[Value, ...]:
        hits, total = counts
        if not total:
            return None, None
        return tuple(_percent(end) for end in wilson(hits, total))

    return _behind_shares(found, report, ("low", "high"), interval)


def with_changes(found: ReportRows, previous: ReportRows, report: Report) -> ReportRows:
    """The same rows with what each share was in the period before, and the change since then.

    Args:
        found: Of the period, as the SELECT gives them.
        previous: Of the period before, likewise; all of it is kept in memory.
        report: Which.
    """
    key = [previous.columns.index(name) for name in report.key]
    before = {tuple(row[place] for place in key): row for row in previous.rows}

    def change(share: Share) -> Callable[[tuple[int, int], Row], tuple[Value, ...]]:
        def of_row(counts: tuple[int, int], row: Row) -> tuple[Value, ...]:
            old = before.get(tuple(row[found.columns.index(name)] for name in report.key))
            hits, total = (0, 0) if old is None else _counts(old, previous, share)
            if not (total and counts[1]):
                return (_percent(hits / total) if total else None), None, None, None
            low, high = newcombe(*counts, hits, total)
            was = hits / total
            changed = counts[0] / counts[1] - was
            return _percent(was), _percent(changed), _percent(low), _percent(high)

        return of_row

    names = ("previous", "change", "change_low", "change_high")
    for share in report.shares:
        found = _behind_share(found, share, names, change(share))
    return found


def _behind_shares(
    found: ReportRows,
    report: Report,
    names: tuple[str, ...],
    more: Callable[[tuple[int, int], Row], tuple[Value, ...]],
) -> ReportRows:
    for share in report.shares:
        found = _behind_share(found, share, names, more)
    return found


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
    hits, total = (row[found.columns.index(name)] for name in (share.hits, share.total))
    return int(cast(Any, hits) or 0), int(cast(Any, total) or 0)


def _percent(share: float) -> float:
    return round(100 * share, _DIGITS)
