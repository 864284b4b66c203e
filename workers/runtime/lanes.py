"""Lanes: threads that compute side by side with the same weights, each on its share of the cores.

One computation on all cores waits for the slowest core after every operation; and while it waits
for memory, no core computes. Lanes wait for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

import torch

Item = TypeVar("Item")
Value = TypeVar("Value")

#: Called now and then by whatever takes long.
Tick = Callable[[], None]
#: What runs in a lane: it yields what it has made step by step, and calls what it is given within
#: steps that take long.
LaneTask = Callable[[Tick], Generator[Value, None, None]]


class _Stopped(BaseException):
    """Ends a lane because another, or whoever waits for them all, has failed."""


class SharedIterator(Generic[Item]):
    """An iterator from which several lanes take, each item once.

    Args:
        items: Need not know of threads.
    """

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Item]:
        """Itself."""
        return self

    def __next__(self) -> Item:
        """What no lane has taken yet."""
        with self._lock:
            return next(self._items)


def lanes_for(works: int, threads: int) -> int:
    """As many lanes as there is work for, such that each has as many threads as any other.

    Args:
        works: That could go on side by side.
        threads: To be shared out.
    """
    fair = [lanes for lanes in range(1, threads + 1) if threads % lanes == 0]
    return max(lanes for lanes in fair if lanes <= max(1, works))


def run_in_lanes(
    tasks: Sequence[LaneTask[Value]], tick: Tick
) -> Generator[Value | None, None, None]:
    """Run tasks, each in a lane of its own, until all have ended.

    A single one runs in the calling thread, as its results are asked for. Where lanes end before
    others, their cores go to those that are left. Whoever does not want all results closes the
    generator: that ends the lanes.

    Args:
        tasks: At least one.
        tick: Called in the calling thread whenever a lane ticks, or has made something; what it
            raises ends all lanes.

    Yields:
        What the tasks yield, as it comes; None where a lane among several has only ticked.

    Raises:
        Exception: The first that a lane has raised; the others are ended.
    """
    if len(tasks) == 1:
        with closing(tasks[0](tick)) as values:
            for value in values:
                tick()
                yield value
        return
    threads = torch.get_num_threads()
    lanes = _Lanes(tasks, threads)
    try:
        for news in lanes.news():
            tick()
            yield news
    finally:
        lanes.end()
        # What a lane says last is what new threads begin with.
        torch.set_num_threads(threads)


@dataclass(frozen=True, slots=True)
class _Ended:
    """The end of a lane, with what it has raised if it failed."""

    error: BaseException | None = None


class _Lanes(Generic[Value]):
    def __init__(self, tasks: Sequence[LaneTask[Value]], threads: int) -> None:
        self._threads = threads
        self._running = len(tasks)
        self._stopped = False
        #: What a lane has made, None for a tick, or its end.
        self._news: SimpleQueue[Value | _Ended | None] = SimpleQueue()
        self._all = [
            threading.Thread(target=self._lane, args=(task,), name=f"lane-{number}", daemon=True)
            for number, task in enumerate(tasks)
        ]

    def _lane(self, task: LaneTask[Value]) -> None:
        mine = 0

        def go_on() -> None:
            nonlocal mine
            if self._stopped:
                raise _Stopped
            share = max(1, self._threads // self._running)
            if share != mine:
                mine = share
                torch.set_num_threads(share)

        def tick() -> None:
            go_on()
            self._news.put(None)

        try:
            tick()
            with closing(task(tick)) as values:
                for value in values:
                    go_on()
                    self._news.put(value)
        except BaseException as error:
            self._news.put(_Ended(error))
        else:
            self._news.put(_Ended())

    def news(self) -> Iterator[Value | None]:
        for lane in self._all:
            lane.start()
        while self._running:
            news = self._news.get()
            if not isinstance(news, _Ended):
                yield news
            elif news.error is not None:
                raise news.error
            else:
                self._running -= 1

    def end(self) -> None:
        self._stopped = True
        for lane in self._all:
            if lane.ident is not None:
                lane.join()
