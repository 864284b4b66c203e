"""Segments beside all others: order, intervals, and small ones."""

from __future__ import annotations

import pytest

from schema.insights.difference import chance_of_difference, newcombe
from schema.insights.false_discovery import benjamini_hochberg
from schema.insights.proportion import wilson
from schema.insights.segments import SegmentCount, compare_segments

COUNTS = [
    SegmentCount("de", 30, 100),
    SegmentCount("at", 4, 5),
    SegmentCount("fr", 10, 100),
    SegmentCount("be", 0, 3),
    SegmentCount("none", 0, 0),
]


def test_small_segments_come_behind_by_name() -> None:
    found = compare_segments(COUNTS)
    assert [one.count.name for one in found] == ["de", "fr", "at", "be"]
    assert [one.ranked for one in found] == [True, True, False, False]
    # They have their intervals all the same.
    assert found[2].interval == wilson(4, 5)


def test_each_is_compared_with_all_others() -> None:
    found = compare_segments(COUNTS)
    first = found[0]
    assert first.difference == pytest.approx(30 / 100 - 14 / 108)
    assert first.difference_interval == newcombe(30, 100, 14, 108)
    assert first.p == chance_of_difference(30, 100, 14, 108)
    assert [one.q for one in found] == pytest.approx(benjamini_hochberg([one.p for one in found]))


def test_one_segment_has_nothing_beside_it() -> None:
    (only,) = compare_segments([SegmentCount("all", 3, 9)])
    assert (only.difference, only.p, only.difference_interval) == (0, 1, (-1, 1))
    assert compare_segments([]) == []
