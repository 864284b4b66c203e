"""The timetable of a run: what is left is shared out, whatever a section took."""

from __future__ import annotations

import pytest

from benchmarks.engine.measuring.time_budget import Timetable


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def timetable(now: list[float]) -> Timetable:
    shares = {"sentiment": 0.1, "translation": 0.2, "scaling": 0.1}
    return Timetable(400.0, shares, lambda: now[0])


def test_sections_get_their_shares_of_what_is_left(timetable: Timetable, now: list[float]) -> None:
    assert timetable.begin("sentiment") == pytest.approx(100)
    now[0] += 160
    assert timetable.begin("translation") == pytest.approx(160)
    now[0] += 180
    assert timetable.begin("scaling") == pytest.approx(60)


def test_a_section_gets_half_of_the_whole_at_most(timetable: Timetable) -> None:
    timetable.begin("sentiment")
    assert timetable.begin("translation") == pytest.approx(200)


def test_nothing_is_left_of_a_run_that_is_late(timetable: Timetable, now: list[float]) -> None:
    now[0] += 500
    assert timetable.begin("sentiment") == 0


def test_a_section_begins_once(timetable: Timetable) -> None:
    timetable.begin("scaling")
    with pytest.raises(KeyError):
        timetable.begin("scaling")
