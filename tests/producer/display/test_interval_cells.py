"""Intervals in the cells of their figures."""

from __future__ import annotations

from producer.display.interval_cells import join_intervals


def test_ends_go_into_the_cell_before_them() -> None:
    columns = ("a", "a_percent", "a_low", "a_high", "a_previous", "b_low", "high")
    rows = [
        (1, 12.5, 8.1, 18.7, 3.0, 4.0, 5.0),
        (2, 12.5, 8.1, 17.7, 3.0, 4.0, 5.0),
        (0, None, None, None, None, None, None),
    ]
    joined, cells = join_intervals(columns, rows)
    assert joined == ["a", "a_percent", "a_previous", "b_low", "high"]
    assert cells == [
        [1, "12.5 (8 to 19)", 3.0, 4.0, 5.0],
        [2, "12.5 (8.1 to 17.7)", 3.0, 4.0, 5.0],
        [0, None, None, None, None],
    ]


def test_a_narrow_interval_has_the_decimals_that_there_are() -> None:
    _, cells = join_intervals(("stars", "stars_low", "stars_high"), [(3.42, 3.35, 3.5)])
    assert cells == [["3.42 (3.35 to 3.5)"]]
