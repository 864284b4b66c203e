"""Figures with their intervals as cells: shares in percent, changes of shares in points."""

from __future__ import annotations

from collections.abc import Sequence

from schema.insights import Interval
from schema.questions.figures import Mean, Share
from schema.reports import Value

#: Decimal places of a percentage and of stars.
_PERCENT, _STARS = 1, 2

Cells = tuple[Value, ...]


def percent_cells(share: Share) -> Cells:
    """A share with both ends of its interval."""
    return figure_cells(share.share, share.interval, is_share=True)


def star_cells(mean: Mean) -> Cells:
    """A mean rating with both ends of its interval."""
    return figure_cells(mean.mean, mean.interval, is_share=False)


def figure_cells(value: float | None, interval: Interval | None, is_share: bool) -> Cells:
    """A figure with both ends of its interval, each null where nobody can tell it."""
    ends: Sequence[float | None] = interval or (None, None)
    return tuple(figure(one, is_share) for one in (value, *ends))


def figure(value: float | None, is_share: bool) -> float | None:
    """A share in percent, or stars; null of what is no number."""
    if value is None or value != value or abs(value) == float("inf"):
        return None
    return round(100 * value, _PERCENT) if is_share else round(value, _STARS)


def chance(value: float | None) -> float | None:
    """A p or a q, in two digits that count: what hardly ever happens is not 0."""
    return None if value is None else float(f"{value:.2g}")


def ids(documents: Sequence[int]) -> str:
    """Ids of documents, as `triage explain` takes them one by one."""
    return " ".join(map(str, documents))


def with_ends(name: str) -> tuple[str, str, str]:
    """The columns of a figure and of its interval."""
    return name, f"{name}_low", f"{name}_high"
