"""What the charts draw: plain data, from which the page's script makes them."""

from __future__ import annotations

from typing import Any

from producer.page.numbers import percent, percent_range, short_day, stars, stars_range
from producer.page.weeks import SIDES, Timeline, side_count
from schema.insights import Interval
from schema.questions.satisfaction import SatisfactionPoint

Chart = dict[str, Any]


def volume_chart(timeline: Timeline) -> Chart:
    """Documents of each week by side, one above the other."""
    points = [
        {
            "label": _label(timeline, point),
            "values": [side_count(point, side) for side in SIDES],
            "keys": [timeline.keys.get((point.start, side), "") for side in SIDES],
        }
        for point in timeline.points
    ]
    names = [timeline.side_names.get(side, side) for side in SIDES]
    return {
        "kind": "stack",
        "step": timeline.step,
        "sides": SIDES,
        "names": names,
        "points": points,
    }


def negative_chart(timeline: Timeline) -> Chart | None:
    """What was classified as negative of each week, in percent, with its interval; None where
    nothing was classified.
    """
    points = []
    for point in timeline.points:
        share = point.counts.negative
        said = f"{percent(share.share)} ({percent_range(share.interval)})"
        drawn = _point(timeline, point, share.share, share.interval, 100)
        points.append(drawn | {"said": said, "total": share.total})
    return _band(timeline, points, "negative", 0, 100)


def stars_chart(timeline: Timeline) -> Chart | None:
    """The mean rating of each week with its interval; None where nothing was rated."""
    points = []
    for point in timeline.points:
        mean = point.counts.rating
        said = f"{stars(mean.mean)} ({stars_range(mean)})"
        drawn = _point(timeline, point, mean.mean, mean.interval, 1)
        points.append(drawn | {"said": said, "total": mean.count})
    return _band(timeline, points, "accent", 1, 5)


def _band(
    timeline: Timeline, points: list[Chart], colour: str, low: int, high: int
) -> Chart | None:
    """A line with its interval around it; None where no point has a value."""
    if all(point["value"] is None for point in points):
        return None
    return {
        "kind": "band",
        "step": timeline.step,
        "colour": colour,
        "points": points,
        "min": low,
        "max": high,
        # Between two lines: 25 points, or a star.
        "interval": 25 if high == 100 else 1,
    }


def _point(
    timeline: Timeline,
    point: SatisfactionPoint,
    value: float | None,
    interval: Interval | None,
    scale: int,
) -> Chart:
    low, high = (None, None) if interval is None else interval
    if scale == 1 and low is not None and high is not None:
        # The interval of a mean of few ratings reaches beyond the scale.
        low, high = max(1.0, low), min(5.0, high)
    return {
        "label": _label(timeline, point),
        "value": _scaled(value, scale),
        "low": _scaled(low, scale),
        "high": _scaled(high, scale),
        "key": timeline.keys.get((point.start, "negative"), ""),
    }


def _scaled(value: float | None, scale: int) -> float | None:
    return None if value is None else round(scale * value, 2)


def _label(timeline: Timeline, point: SatisfactionPoint) -> str:
    return short_day(point.start) if timeline.step == "week" else f"{point.start:%b %Y}"
