"""Small marks inside of rows, as SVG: bars, whiskers, lines. They need no script, and each stands
beside the figures that it draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from schema.insights import Interval

#: From left to right; also the classes of the style sheet.
SIDES = ("negative", "neutral", "positive", "unsure")
_OPEN = '<svg class="mark" viewBox="0 0 100 {height}" height="{height}" preserveAspectRatio="none" '
_OPEN += 'aria-hidden="true" focusable="false">'


def split_bar(sides: Mapping[str, int]) -> Markup:
    """How the documents divide over sides, as one bar."""
    total = sum(sides.values())
    parts, left = [_rect("track", 0, 100)], 0.0
    for side in SIDES if total else ():
        width = 100 * sides.get(side, 0) / total
        if width:
            # A hair is left between two parts.
            parts.append(_rect(side, left, max(0.3, width - 0.6)))
        left += width
    return _svg(parts, 9)


def share_bar(share: float | None, interval: Interval | None, most: float) -> Markup:
    """A share as a bar with its interval as a whisker, on a scale that ends at `most`."""
    if share is None or interval is None:
        return Markup()
    most = max(most, 1e-9)
    ends = [_across(end / most) for end in interval]
    parts = [_rect("track", 0, 100), _rect("bar", 0, _across(share / most)), *_whisker(*ends)]
    return _svg(parts, 9)


def effect(value: float, interval: Interval, most: float, is_worse: bool) -> Markup:
    """A difference with its interval, around a dashed 0, on a scale from `-most` to `most`."""
    most = max(most, 1e-9)
    places = [_across((end / most + 1) / 2) for end in (value, *interval)]
    start, end = sorted((50.0, places[0]))
    side = "negative" if is_worse else "positive"
    zero = '<line class="zero" x1="50" x2="50" y1="-2" y2="11"/>'
    return _svg([_rect(side, start, end - start), zero, *_whisker(places[1], places[2])], 9)


def spark_line(values: Sequence[int]) -> Markup:
    """Counts in the order of time."""
    if len(values) < 2 or not any(values):
        return Markup()
    step, most = 100 / (len(values) - 1), max(values)
    points = [
        f"{place * step:.2f},{24 - 22 * value / most:.2f}" for place, value in enumerate(values)
    ]
    area = f'<polygon class="area" points="0,26 {" ".join(points)} 100,26"/>'
    return _svg([area, f'<polyline class="line" points="{" ".join(points)}"/>'], 26)


def _across(share: float) -> float:
    return 100 * min(1.0, max(0.0, share))


def _rect(kind: str, left: float, width: float) -> str:
    return f'<rect class="{kind}" x="{left:.2f}" y="0" width="{width:.2f}" height="9" rx="0.6"/>'


def _whisker(low: float, high: float) -> list[str]:
    line = f'<line class="whisker" x1="{low:.2f}" x2="{high:.2f}" y1="4.5" y2="4.5"/>'
    ends = (
        f'<line class="whisker" x1="{end:.2f}" x2="{end:.2f}" y1="2" y2="7"/>'
        for end in (low, high)
    )
    return [line, *ends]


def _svg(parts: Sequence[str], height: int) -> Markup:
    # Numbers and names of ours alone are in it.
    return Markup(_OPEN.format(height=height) + "".join(parts) + "</svg>")
