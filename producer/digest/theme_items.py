"""Themes: what is new or rising, what is felt otherwise about, what goes with other ratings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import hypot

from producer.digest.item import Item, nearest_to_none
from producer.digest.request import DigestRequest
from producer.digest.themed_periods import ThemedPeriods
from producer.page import numbers
from producer.themes.naming import NAMELESS
from schema.insights import Interval
from schema.insights.count_interval import count_interval
from schema.insights.drivers import MIN_DOCUMENTS, Driver
from schema.polarity import Polarity
from schema.questions import NoAnswerError, Scope
from schema.questions.drivers import theme_effects
from schema.questions.examples import theme_examples
from schema.questions.group_changes import GroupChange, compare_themes
from schema.questions.rising import Alert, RisingTheme, read_rising
from schema.questions.scope import select_rows
from schema.questions.themes import ThemeNames
from schema.reports import Period

#: What happens less often by chance is not counted in weeks.
RARE = 1e-6
_STARS = 4
#: Standard errors from the middle of an interval to its end.
_ERRORS = 1.96


def rising_items(request: DigestRequest) -> Iterator[Item]:
    """Themes that are new or rising in a whole week of the period, each in its loudest week. A week
    counts that has its last day in the period, so that a digest on a Wednesday has one, too.
    """
    period = request.scope.period
    assert period.since is not None
    monday = period.since - timedelta(days=period.since.weekday())
    whole = replace(request.scope, period=Period(monday, period.until))
    try:
        found = read_rising(request.connection, whole, request.now)
    except NoAnswerError:
        return
    loudest: dict[int, Item] = {}
    for one in found.rising:
        item = _rising(request, one)
        # What has no name says nothing to whom reads it.
        if item is None or one.theme.is_topic or one.theme.name == NAMELESS:
            continue
        before = loudest.get(one.theme.id)
        if before is None or item.documents > before.documents:
            loudest[one.theme.id] = item
    yield from loudest.values()


def _rising(request: DigestRequest, one: RisingTheme) -> Item | None:
    if one.alert == Alert.WATCH:
        return None
    interval = count_interval(one.texts)
    more = max(0.0, interval.low - (one.expected or 0.0))
    low, high = (numbers.count(end) for end in interval)
    why = f"in the week of {numbers.day(one.week)}; "
    if one.expected is None:
        why += "nothing like it was there before"
    else:
        rare = one.p is None or one.p < RARE
        often = "hardly ever" if rare else f"once in {numbers.count(1 / (one.p or 1))} such weeks"
        why += f"{one.expected:.1f} expected; by chance alone {often}"
    return Item(
        label="New" if one.alert == Alert.NEW else "Rising",
        said=one.theme.name,
        figure=f"{numbers.count(one.texts)} texts ({low} to {high})",
        why=why,
        mood=_mood(request, one.examples),
        documents=more,
        command=f"triage themes show {one.theme.id}",
        key=f"rising{one.theme.id}-{one.week}",
        examples=one.examples,
        theme=one.theme.id,
    )


_SIDES = """
SELECT COUNT(*) FILTER (WHERE d.polarity = 'negative') AS negative,
    COUNT(*) FILTER (WHERE d.polarity = 'positive') AS positive
FROM v_documents AS d WHERE d.id IN ({ids})
"""


def _mood(request: DigestRequest, documents: tuple[int, ...]) -> str:
    """How those feel who wrote the newest texts of a theme."""
    # Whole numbers of ours, so that they can stand in the statement.
    ids = ", ".join(str(int(one)) for one in documents) or "NULL"
    of_run = Scope(run_id=request.scope.run_id)
    ((negative, positive),) = select_rows(request.connection, _SIDES.format(ids=ids), of_run)
    if negative == positive:
        return "plain"
    return "bad" if negative > positive else "good"


def feeling_items(themed: ThemedPeriods) -> Iterator[Item]:
    """Themes that are surely felt worse or better about than in the period before."""
    changes = compare_themes(themed.now, themed.before, themed.names)
    sure = [one for one in changes if one.is_sure]
    examples: dict[int, tuple[int, ...]] = {}
    for side, worse in (("negative", True), ("positive", False)):
        chosen = [one.id for one in sure if one.id and is_worse(one) == worse]
        examples |= themed.now.newest(chosen, themed.now.is_side(Polarity(side)))
    for one in sure:
        side = "negative" if is_worse(one) else "positive"
        yield replace(
            group_item(themed.request, one, "Theme"),
            command=f"triage themes show {one.id}",
            key=f"theme{one.id}{side}",
            examples=examples.get(one.id or 0, ()),
            theme=one.id,
        )


def is_worse(one: GroupChange) -> bool:
    """Whether more of it is classified as negative than before."""
    return (one.negative.change or 0) > 0


def group_item(request: DigestRequest, one: GroupChange, what: str) -> Item:
    """A product or a theme that is felt otherwise about, without its texts."""
    assert one.negative.interval is not None
    share = one.now.negative
    return Item(
        label=f"{what} {'worse' if is_worse(one) else 'better'}",
        said=one.name,
        figure=f"{numbers.change(one.negative, 'share')} classified as negative",
        why=f"{numbers.percent(share.share)} of {numbers.count(share.total)} documents; "
        f"{numbers.percent(one.negative.previous)} in the {request.days} days before",
        mood="bad" if is_worse(one) else "good",
        documents=nearest_to_none(*one.negative.interval) * share.total,
        command="",
        key="",
        examples=(),
    )


def driver_items(themed: ThemedPeriods) -> Iterator[Item]:
    """Themes that go with other ratings than in the period before."""
    try:
        now, then = (
            theme_effects(documents, themed.names)[0] for documents in (themed.now, themed.before)
        )
    except NoAnswerError:
        return
    for theme in sorted(now):
        effect, earlier = now[theme], then.get(theme)
        if earlier is None or min(effect.documents, earlier.documents) < MIN_DOCUMENTS:
            continue
        moved = effect.difference - earlier.difference
        # Of as many comparisons as there are themes; each interval is wider for it.
        half = hypot(_half(effect), _half(earlier)) * (1 + 0.5 * (len(now) > 1))
        interval = Interval(moved - half, moved + half)
        if effect.shown and not interval.low <= 0 <= interval.high:
            yield _driver(themed.request, themed.names, theme, (effect, earlier), interval)


def _half(one: Driver) -> float:
    return (one.interval.high - one.interval.low) / 2


def _driver(
    request: DigestRequest,
    names: ThemeNames,
    theme: int,
    effects: tuple[Driver, Driver],
    moved: Interval,
) -> Item:
    now, then = effects
    worse = moved.high < 0
    examples = theme_examples(request.connection, request.scope, names.set_id, [theme])
    return Item(
        label="Goes with lower ratings" if worse else "Goes with higher ratings",
        said=names.by_id[theme].name,
        figure=f"{numbers.signed(now.difference - then.difference, 1)} stars "
        f"({numbers.signed_range(moved, 1, 1)})",
        why=f"{numbers.signed(now.difference, 1)} stars against all others now, "
        f"{numbers.signed(then.difference, 1)} in the {request.days} days before",
        mood="bad" if worse else "good",
        documents=nearest_to_none(*moved) / _STARS * now.documents,
        command=f"triage themes show {theme}",
        key=f"theme{theme}all",
        examples=examples.get(theme, ()),
        theme=theme,
    )
