"""The digest as facts: what changed, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from producer.digest.headline_items import headline_items
from producer.digest.item import Item
from producer.digest.product_items import product_items
from producer.digest.quotes import with_quotes
from producer.digest.request import DigestRequest
from producer.digest.theme_items import driver_items, feeling_items, rising_items
from producer.digest.themed_periods import ThemedPeriods
from producer.digest.urgent_items import UrgentCount, read_urgent_count, urgent_items
from schema.questions import NoAnswerError, Scope
from schema.questions.headline import Headline, read_headline
from schema.questions.themes import ThemeNames, read_theme_names
from schema.reports import Period

#: Things that a digest has at the most.
SHOWN = 5
#: Standard errors of a difference that is seen four times of five: 1.96 for the interval, and 0.84.
_SEEN = 2.8


@dataclass(frozen=True, slots=True)
class Digest:
    """What changed in some days.

    Attributes:
        first: The first day, …
        last: … and the last.
        days: How many these are.
        headline: The figures of these days.
        before: Documents of as many days before.
        items: The weightiest first, `SHOWN` at the most.
        more: Changes beyond chance that are not shown.
        urgent: What cannot wait.
        seen: How large a change of the share classified as negative would have been seen four
            times of five; None where there is nothing to tell by.
        newest: The last day on which anybody wrote, of these days or, where nobody did, of all;
            None without any.
        themes: Whether there are themes to look at.
    """

    first: date
    last: date
    days: int
    headline: Headline
    before: int
    items: Sequence[Item]
    more: int
    urgent: UrgentCount
    seen: float | None
    newest: date | None
    themes: bool


def read_digest(request: DigestRequest) -> Digest:
    """Read it; the same for the same database, scope and time."""
    headline = read_headline(request.connection, request.scope, request.now)
    names = _names(request)
    urgent = read_urgent_count(request)
    found = sorted(
        (one for one in _items(request, headline, names, urgent) if one.documents > 0),
        key=lambda one: (-one.documents, one.label, one.said),
    )
    items = _one_for_each(found)
    shown = [with_quotes(request, one) for one in items[:SHOWN]]
    previous = None if headline.changes is None else headline.changes.documents.previous
    return Digest(
        first=request.first,
        last=request.last,
        days=request.days,
        headline=headline,
        before=int(previous or 0),
        items=shown,
        more=len(items) - len(shown),
        urgent=urgent,
        seen=_seen(request, headline),
        newest=headline.last or _last_day(request),
        themes=names is not None,
    )


def _last_day(request: DigestRequest) -> date | None:
    """Of any feedback, whichever period."""
    ever = Scope(Period(), request.scope.where, request.scope.run_id)
    return read_headline(request.connection, ever).last


def _names(request: DigestRequest) -> ThemeNames | None:
    try:
        return read_theme_names(request.connection)
    except NoAnswerError:
        return None


def _items(
    request: DigestRequest, headline: Headline, names: ThemeNames | None, urgent: UrgentCount
) -> Iterator[Item]:
    if not headline.counts.documents:
        return
    yield from headline_items(request, headline)
    yield from product_items(request)
    yield from urgent_items(request, urgent)
    if names is not None:
        yield from rising_items(request)
        themed = ThemedPeriods(request, names)
        yield from feeling_items(themed)
        yield from driver_items(themed)


def _one_for_each(found: Sequence[Item]) -> list[Item]:
    """Of a theme what weighs most: that it rises and that it is felt worse about is one thing."""
    themes: set[int] = set()
    kept = []
    for one in found:
        if one.theme is None or one.theme not in themes:
            kept.append(one)
        if one.theme is not None:
            themes.add(one.theme)
    return kept


def _seen(request: DigestRequest, headline: Headline) -> float | None:
    now = headline.counts.negative
    before = read_headline(
        request.connection,
        Scope(
            request.scope.period.previous(request.now), request.scope.where, request.scope.run_id
        ),
        request.now,
    ).counts.negative
    if not (now.total and before.total):
        return None
    share = (now.count + before.count) / (now.total + before.total)
    spread = share * (1 - share) * (1 / now.total + 1 / before.total)
    return _SEEN * sqrt(spread) if spread > 0 else None
