"""Lanes: threads beside each other, their cores, and how they end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator

import pytest
import torch

from workers.runtime.lanes import lanes_for, run_in_lanes

Tick = Callable[[], None]


@pytest.fixture(autouse=True)
def _four_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


def nothing() -> None: ...


def exhaust(values: Iterator[object]) -> None:
    for _ in values:
        pass


@pytest.mark.parametrize(
    ("works", "threads", "lanes"),
    [(0, 4, 1), (1, 4, 1), (3, 4, 2), (9, 4, 4), (10, 16, 8), (5, 7, 1)],
)
def test_each_lane_has_as_many_threads_as_any_other(works: int, threads: int, lanes: int) -> None:
    assert lanes_for(works, threads) == lanes


def test_lanes_run_at_the_same_time_and_their_steps_are_told_in_the_calling_thread() -> None:
    together = threading.Barrier(2, timeout=30)
    told: list[threading.Thread] = []

    def work(tick: Tick) -> Generator[str, None, None]:
        assert threading.current_thread() is not threading.main_thread()
        together.wait()
        tick()
        yield threading.current_thread().name

    made = list(run_in_lanes([work, work], lambda: told.append(threading.current_thread())))
    # Each ticks when it begins, when it says so, and with what it makes.
    assert len(told) == len(made) == 6
    assert set(told) == {threading.current_thread()}
    assert sorted(filter(None, made)) == ["lane-0", "lane-1"]


def test_a_single_work_runs_in_the_calling_thread() -> None:
    steps: list[threading.Thread] = []

    def work(tick: Tick) -> Generator[int, None, None]:
        assert torch.get_num_threads() == 4
        tick()
        yield 1
        yield 2

    values = run_in_lanes([work], lambda: steps.append(threading.current_thread()))
    assert steps == []
    assert next(values) == 1
    assert steps == [threading.current_thread()] * 2, "within the step, and at its end"
    assert list(values) == [2]


def test_lanes_share_the_cores_and_the_last_has_them_all() -> None:
    shares: list[int] = []

    def short(tick: Tick) -> Generator[None, None, None]:
        shares.append(torch.get_num_threads())
        yield

    def long(tick: Tick) -> Generator[None, None, None]:
        shares.append(torch.get_num_threads())
        while torch.get_num_threads() != 4:
            yield

    exhaust(run_in_lanes([short, long], nothing))
    assert shares == [2, 2]
    assert torch.get_num_threads() == 4


def test_what_a_lane_raises_ends_the_others() -> None:
    ended = threading.Event()

    def broken(tick: Tick) -> Generator[None, None, None]:
        yield
        raise ValueError("mine")

    def endless(tick: Tick) -> Generator[None, None, None]:
        try:
            while True:
                tick()
            yield
        finally:
            ended.set()

    with pytest.raises(ValueError, match="mine"):
        exhaust(run_in_lanes([endless, broken, endless], nothing))
    assert ended.is_set()


def test_what_a_tick_raises_ends_them() -> None:
    ended: list[bool] = []

    def endless(tick: Tick) -> Generator[None, None, None]:
        try:
            while True:
                tick()
            yield
        finally:
            ended.append(True)

    def enough() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exhaust(run_in_lanes([endless, endless], enough))
    assert ended == [True, True]
    assert torch.get_num_threads() == 4


@pytest.mark.parametrize("lanes", [1, 2])
def test_whoever_closes_them_ends_them(lanes: int) -> None:
    ended: list[bool] = []

    def endless(tick: Tick) -> Generator[int, None, None]:
        try:
            while True:
                yield 1
        finally:
            ended.append(True)

    values = run_in_lanes([endless] * lanes, nothing)
    assert 1 in values
    values.close()
    assert ended == [True] * lanes
    assert torch.get_num_threads() == 4
