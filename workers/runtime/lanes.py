"""Lanes: threads that compute side by side with the same weights, each on its share of the cores.

One computation on all cores waits for the slowest core after every operation; and while it waits
for memory, no core computes. Lanes wait for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import Generic, TypeVar

import torch

Item = TypeVar("Item")

#: What runs in a lane; it is to call what it is given now and then.
LaneTask = Callable[[Callable[[], None]], None]


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


def run_in_lanes(works: Sequence[LaneTask], on_step: Callable[[], None]) -> None:
    """Run works, each in a lane of its own, until all have ended.

    A single one runs in the calling thread. Where lanes end before others, their cores go to those
    that are left.

    Args:
        works: At least one. What they call between their steps may raise, to end them.
        on_step: Called in the calling thread whenever a lane has taken a step; what it raises ends
            all lanes.

    Raises:
        Exception: The first that a lane has raised; the others are ended.
    """
    if len(works) == 1:
        works[0](on_step)
        return
    threads = torch.get_num_threads()
    lanes = _Lanes(works, threads)
    try:
        lanes.watch(on_step)
    finally:
        lanes.end()
        # What a lane says last is what new threads begin with.
        torch.set_num_threads(threads)


class _Lanes:
    def __init__(self, works: Sequence[LaneTask], threads: int) -> None:
        self._threads = threads
        self._running = len(works)
        self._stopped = False
        #: None for a step, True for the end of a lane, or what a lane has raised.
        self._news: SimpleQueue[BaseException | bool | None] = SimpleQueue()
        self._all = [
            threading.Thread(target=self._lane, args=(work,), name=f"lane-{number}", daemon=True)
            for number, work in enumerate(works)
        ]

    def _lane(self, work: LaneTask) -> None:
        news: BaseException | bool = True
        mine = 0

        def tick() -> None:
            nonlocal mine
            if self._stopped:
                raise _Stopped
            share = max(1, self._threads // self._running)
            if share != mine:
                mine = share
                torch.set_num_threads(share)
            self._news.put(None)

        try:
            tick()
            work(tick)
        except BaseException as error:
            news = error
        self._news.put(news)

    def watch(self, on_step: Callable[[], None]) -> None:
        for lane in self._all:
            lane.start()
        while self._running:
            news = self._news.get()
            if isinstance(news, BaseException):
                raise news
            if news:
                self._running -= 1
            else:
                on_step()

    def end(self) -> None:
        self._stopped = True
        for lane in self._all:
            if lane.ident is not None:
                lane.join()
