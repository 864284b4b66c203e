"""What is new, or talked about more than its past lets expect."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from schema.insights.alerts import GAP, MIN_DOCUMENTS, MIN_WEEKS, ShortPastError, find_alerts
from schema.questions.errors import NoAnswerError
from schema.questions.examples import theme_examples
from schema.questions.scope import Scope
from schema.questions.theme_weeks import ThemeWeeks, read_theme_weeks
from schema.questions.themes import ThemeName, ThemeNames, read_theme_names
from schema.reports import Period


class Alert(enum.StrEnum):
    """What is said of a theme in a week, the loudest first."""

    #: Of all that ring one in twenty is nothing, on average.
    RINGS = "rings"
    #: Of all that are worth a look one in ten.
    WATCH = "worth a look"
    #: It came to feedback in which themes had been found before; there is no past to compare with.
    NEW = "new"


@dataclass(frozen=True, slots=True)
class RisingTheme:
    """A theme in a week.

    Attributes:
        week: Its Monday (UTC).
        texts: Different texts of that week: copies count once.
        expected: How many its past and the week's volume let expect; None of a new one, and where
            the past is too short.
        p: How often as many or more come by chance; likewise.
        q: The same over all themes of that week together; see `benjamini_hochberg`.
        examples: Ids of some documents of that week, the newest first.
    """

    theme: ThemeName
    week: date
    alert: Alert
    texts: int
    expected: float | None
    p: float | None
    q: float | None
    examples: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rising:
    """What is new or rising.

    Attributes:
        basis: What the themes are of: `embedding`, or `words`, which is weaker.
        weeks: The Mondays of the weeks that were looked at, oldest first.
        themes: How many were watched in each.
        short_past: Of the weeks those that have too few weeks before them to say what is usual.
        rising: The newest week first, in it the loudest.
    """

    basis: str
    weeks: list[date]
    themes: int
    short_past: list[date]
    rising: list[RisingTheme]


def read_rising(connection: Connection, scope: Scope, now: datetime | None = None) -> Rising:
    """Read what is new or rising in the last whole week, or in every whole week of a period that
    has a beginning. What is usual is learnt from all weeks before, also those before the period.

    Args:
        connection: Open.
        scope: Which documents; of a period without an end all weeks are looked at that have ended.
        now: The time; None for this moment.

    Raises:
        NoAnswerError: If there are no themes, or no week has ended in which somebody wrote.
    """
    names = read_theme_names(connection)
    end = scope.period.until or now or datetime.now(UTC)
    # Weeks behind the end are not looked at, so that what was counted of all serves as well.
    ever = replace(scope, period=Period())
    counts = read_theme_weeks(connection, ever, names)
    if not any(counts.volume):
        raise NoAnswerError(
            "no document that is in a theme has a time; name its column: "
            "triage ingest FILE --time COLUMN"
        )
    weeks = _weeks(counts, scope.period.since, end)
    if not weeks:
        raise NoAnswerError(
            "in no whole week of this period has anybody written anything that themes were found "
            "in; name an earlier --since, or give new documents their themes: triage themes"
        )
    found: list[RisingTheme] = []
    short = []
    for week in reversed(weeks):
        index = counts.weeks.index(week)
        try:
            found += _alerts(counts, names, index)
        except ShortPastError:
            short.append(week)
        known = {one.theme.id for one in found if one.week == week}
        found += [one for one in _new(counts, names, index) if one.theme.id not in known]
    found = [_with_examples(connection, scope, names, one) for one in found]
    return Rising(names.basis, weeks, len(counts.texts), sorted(short), found)


def _weeks(counts: ThemeWeeks, since: datetime | None, end: datetime) -> list[date]:
    """The weeks that are looked at: those that had ended, and in which somebody wrote."""
    ended = [
        week
        for week, volume in zip(counts.weeks, counts.volume, strict=True)
        if volume and _midnight(week + timedelta(days=7)) <= end
    ]
    return ended[-1:] if since is None else [week for week in ended if _midnight(week) >= since]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _alerts(counts: ThemeWeeks, names: ThemeNames, index: int) -> list[RisingTheme]:
    """Of a week what rings or is worth a look, the least likely by chance first.

    Raises:
        ShortPastError: If there are too few weeks before.
    """
    ids = list(counts.texts)
    if not ids:
        return []
    alerts = find_alerts([counts.texts[theme] for theme in ids], counts.volume, index)
    found = [
        RisingTheme(
            theme=names.by_id[theme],
            week=counts.weeks[index],
            alert=Alert.RINGS if alerts.rings[place] else Alert.WATCH,
            texts=counts.texts[theme][index],
            expected=float(alerts.expected[place]),
            p=float(alerts.p[place]),
            q=float(alerts.q[place]),
        )
        for place, theme in enumerate(ids)
        if alerts.watch[place]
    ]
    return sorted(found, key=lambda one: (one.alert != Alert.RINGS, one.p, one.theme.id))


def _new(counts: ThemeWeeks, names: ThemeNames, index: int) -> list[RisingTheme]:
    """New themes that have begun too late for a past, and are talked about enough."""
    found = []
    for theme, texts in counts.texts.items():
        begun = next((at for at, count in enumerate(texts) if count), index)
        is_young = index - begun < MIN_WEEKS + GAP
        if names.by_id[theme].new and is_young and texts[index] >= MIN_DOCUMENTS:
            name, week = names.by_id[theme], counts.weeks[index]
            found.append(RisingTheme(name, week, Alert.NEW, texts[index], None, None, None))
    return sorted(found, key=lambda one: (-one.texts, one.theme.id))


def _with_examples(
    connection: Connection, scope: Scope, names: ThemeNames, one: RisingTheme
) -> RisingTheme:
    week = Period(_midnight(one.week), _midnight(one.week + timedelta(days=7)))
    ids: Sequence[int] = [one.theme.id]
    examples = theme_examples(connection, replace(scope, period=week), names.set_id, ids)
    return replace(one, examples=examples.get(one.theme.id, ()))
