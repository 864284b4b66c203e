"""Figures as they are written on the page, with no more digits than they bear."""

from __future__ import annotations

from datetime import date

from schema.insights import Interval
from schema.questions.figures import Change, Mean, Share
from schema.questions.rising import Alert

#: Characters of a quote, a name or an answer that are shown.
LONGEST = 400


def count(number: float) -> str:
    """A count."""
    return f"{number:,.0f}"


def percent(share: float | None) -> str:
    """A share of 0…1; a dash where there is none."""
    if share is None:
        return "–"
    points = 100 * share
    return f"{points:.1f} %" if 0 < points < 9.95 else f"{points:.0f} %"


def percent_range(interval: Interval | None) -> str:
    """Where a share lies."""
    if interval is None:
        return "–"
    low, high = (100 * end for end in interval)
    digits = 1 if high < 9.95 else 0
    return f"{low:.{digits}f} to {high:.{digits}f} %"


def share_with_range(share: Share) -> str:
    """A share with its interval."""
    return f"{percent(share.share)} ({percent_range(share.interval)})"


def stars(mean: float | None) -> str:
    """A mean rating."""
    return "–" if mean is None else f"{mean:.2f}"


def stars_range(mean: Mean) -> str:
    """Where a mean rating lies."""
    if mean.interval is None:
        return "one rating" if mean.count else "–"
    low, high = mean.interval
    return f"{max(0.0, low):.2f} to {min(5.0, high):.2f}"


def signed(number: float, digits: int = 0) -> str:
    """With its sign, a minus as typographers write it."""
    said = f"{abs(number):.{digits}f}"
    if float(said) == 0:
        return said
    return f"{'+' if number > 0 else '−'}{said}"


def signed_range(interval: Interval, scale: float = 1, digits: int = 0) -> str:
    """Both ends with their signs."""
    # An end that is nearly 0 says on which side of it.
    if any(0 < abs(scale * end) < 0.5 * 10**-digits for end in interval):
        digits += 1
    low, high = (signed(scale * end, digits) for end in interval)
    return f"{low} to {high}"


def change(moved: Change, kind: str) -> str:
    """How far a figure has moved.

    Args:
        moved: The change.
        kind: `share` (points), `stars`, or `count` (percent of what it was).
    """
    if moved.change is None:
        return "nothing before to compare with"
    scale, digits, unit = {
        "share": (100, 0, "points"),
        "stars": (1, 2, "stars"),
        "count": (100, 0, "%"),
    }[kind]
    said = f"{signed(scale * moved.change, digits)} {unit}"
    if moved.interval is None:
        return said
    return f"{said} ({signed_range(moved.interval, scale, digits)})"


def short(text: str) -> str:
    """What strangers wrote, as much of it as a row has room for."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def alert(said: Alert) -> str:
    """What is said of a theme in a week, in a word or two."""
    return {Alert.RINGS: "rising", Alert.WATCH: "worth a look", Alert.NEW: "new"}[said]


def day(moment: date | None) -> str:
    """A day, or the day of a moment."""
    return "–" if moment is None else f"{moment.day} {moment:%b %Y}"


def short_day(moment: date) -> str:
    """A day of a year that is clear."""
    return f"{moment.day} {moment:%b}"
