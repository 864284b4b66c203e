"""Marks: what they draw is what stands beside them."""

from __future__ import annotations

import re

from producer.page.drawing.marks import effect, share_bar, spark_line, split_bar
from schema.insights import Interval


def widths(svg: str, kind: str) -> list[float]:
    return [float(one) for one in re.findall(rf'class="{kind}"[^>]* width="([\d.]+)"', svg)]


def test_a_bar_is_divided_as_the_documents_are() -> None:
    bar = split_bar({"negative": 30, "neutral": 0, "positive": 10, "unsure": 10})
    assert widths(bar, "negative") == [59.4]
    assert widths(bar, "positive") == widths(bar, "unsure") == [19.4]
    assert widths(bar, "neutral") == []
    assert widths(split_bar({}), "track") == [100]


def test_a_share_is_drawn_on_the_scale_of_its_table() -> None:
    bar = share_bar(0.1, Interval(0.05, 0.2), 0.2)
    assert widths(bar, "bar") == [50]
    assert 'x1="25.00" x2="100.00"' in bar
    assert share_bar(None, None, 1) == ""


def test_an_effect_begins_at_nothing_and_goes_its_way() -> None:
    worse = effect(-1, Interval(-1.5, -0.5), 2, is_worse=True)
    assert 'class="negative" x="25.00" y="0" width="25.00"' in worse
    assert 'x1="12.50" x2="37.50"' in worse
    assert 'class="positive" x="50.00"' in effect(1, Interval(0.5, 1.5), 2, is_worse=False)


def test_a_line_needs_two_weeks_and_something_in_them() -> None:
    assert spark_line([]) == spark_line([3]) == spark_line([0, 0]) == ""
    assert 'points="0.00,24.00 100.00,2.00"' in spark_line([0, 4])
