"""Timing: turns are taken in rotation, and somebody else's work is noticed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from benchmarks.engine.measuring import timing
from benchmarks.engine.measuring.timing import Patience, Sample, Timed, interleave

pytestmark = pytest.mark.slow


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that nobody else uses."""
    taken = timing.sample

    def alone(call: Callable[[], object]) -> Sample:
        return Sample(taken(call).seconds, 0.0)

    monkeypatch.setattr(timing, "sample", alone)


@pytest.mark.usefixtures("quiet")
def test_each_round_begins_with_another() -> None:
    turns: list[str] = []
    timed = [Timed(lambda name=name: turns.append(name), 3) for name in "abc"]  # type: ignore[misc]
    interleave(timed, lambda: turns.append("|"))
    assert "".join(turns) == "|abc|bca|cab|"
    assert [len(item.samples) for item in timed] == [3, 3, 3]


@pytest.mark.usefixtures("quiet")
def test_some_take_part_in_the_first_rounds_only() -> None:
    timed = [Timed(lambda: None, 1), Timed(lambda: None, 3)]
    interleave(timed, lambda: None)
    assert [len(item.samples) for item in timed] == [1, 3]


def compute(seconds: float = 0.0) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_work_of_ones_own_and_of_children_is_not_foreign() -> None:
    code = "import time\nwhile time.process_time() < 0.5: pass"
    child = subprocess.Popen([sys.executable, "-c", code])
    quiet = timing._own()
    compute(0.2)
    child.wait()
    assert timing._own() - quiet >= 0.6


def test_a_disturbed_sample_is_taken_again_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    foreign = iter([1.0, 0.0, *[1.0] * 50])
    monkeypatch.setattr(timing, "sample", lambda call: Sample(1.0, next(foreign)))
    patience = Patience()
    assert not patience.sample(compute).disturbed
    for _ in range(5):
        assert patience.sample(compute).disturbed
    left = len(list(foreign))
    assert left == 50 - 5 - 4
