"""Windows that come while others are on their way, through `Analysis.forward`, batch by batch.

Where jobs are computed one after the other, lanes wait for the last batch of each, batches get
smaller towards its end, and a small job does not even fill one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from typing import Any

from workers.analysis import Window
from workers.engine.batching import room_of
from workers.runtime.lanes import LaneTask, Tick, run_in_lanes

#: Batches of each lane that should be waiting: with fewer, they get smaller, as at the end.
_WAITING = 3

#: From windows, and what is to be called meanwhile, to an output for each window.
_Forward = Callable[[Sequence[Window], Tick], Sequence[Any]]
#: Windows that are through, by their number.
_Outputs = list[tuple[int, Any]]


class BatchStream:
    """A `Stream` of windows of one group, for a model that computes without padding.

    Args:
        forward: Runs one batch; several at once where there are lanes.
        budget: What a batch may cost, in tokens; asked before each.
        lanes: How many there are for so many tokens.
        queues: Whether their batches are computed one behind the other.
    """

    #: It begins with whatever is there.
    queue_target = 0
    by_batches = True

    def __init__(
        self,
        forward: _Forward,
        budget: Callable[[], int],
        lanes: Callable[[int], int],
        queues: bool = False,
    ) -> None:
        self._forward, self._budget, self._lanes_for = forward, budget, lanes
        self._waiting = _Waiting(budget, queues)
        self._lanes = 0
        self._running: set[int] = set()
        #: Whether the lanes come to their end, so that others begin.
        self._restarts = False

    def opened(self, tick: Tick) -> AbstractContextManager[None]:
        """Nothing has to be opened."""
        return nullcontext()

    def add(self, windows: Sequence[Window]) -> None:
        """Have windows wait for their turn."""
        self._waiting.add(windows)

    def needs_windows(self) -> bool:
        """Whether less than three batches of each lane wait. Not where there is work for a lane
        that has ended, or for more lanes: then all come to their end, and begin anew.
        """
        waiting = self._waiting
        is_idle = len(self._running) < self._lanes and bool(waiting)
        has_more = self._lanes_for(waiting.tokens) > self._lanes
        self._restarts = self._restarts or is_idle or has_more
        return not self._restarts and waiting.tokens < _WAITING * self._lanes * self._budget()

    def run(self, tick: Tick) -> Generator[_Outputs | None, None, None]:
        """Run windows until none are left, see `Stream`."""
        # What comes just as the last lane ends is left to new ones.
        while self._waiting:
            self._lanes, self._restarts = self._lanes_for(self._waiting.tokens), False
            self._running.update(range(self._lanes))
            tasks: list[LaneTask[_Outputs]] = [
                partial(self._lane, number) for number in range(self._lanes)
            ]
            with closing(run_in_lanes(tasks, tick)) as steps:
                yield from steps

    def _lane(self, number: int, tick: Tick) -> Generator[_Outputs, None, None]:
        try:
            while not self._restarts and (batch := self._waiting.take(self._lanes)):
                outputs = self._forward(list(batch.values()), tick)
                yield list(zip(batch, outputs, strict=True))
        finally:
            self._running.discard(number)

    def outputs(self, raw: Sequence[Any]) -> list[Any]:
        """As they are."""
        return list(raw)


class _Waiting:
    """Windows that no lane has taken yet: those that came first, and of these the longest."""

    def __init__(self, budget: Callable[[], int], queues: bool) -> None:
        self._budget, self._queues = budget, queues
        self._windows: deque[tuple[int, Window]] = deque()
        self._came = 0
        self._lock = threading.Lock()
        self.tokens = 0

    def __bool__(self) -> bool:
        return bool(self._windows)

    def add(self, windows: Sequence[Window]) -> None:
        numbered = enumerate(windows, start=self._came)
        longest_first = sorted(numbered, key=lambda pair: -pair[1].length)
        with self._lock:
            self._windows += longest_first
            self._came += len(windows)
            self.tokens += sum(window.length for window in windows)

    def take(self, lanes: int) -> dict[int, Window]:
        """A batch, by the numbers of its windows; none if nothing waits."""
        batch: dict[int, Window] = {}
        with self._lock:
            room = room_of(self._budget(), self.tokens, lanes, self._queues)
            while self._windows and (not batch or self._windows[0][1].length <= room):
                number, window = self._windows.popleft()
                batch[number] = window
                room -= window.length
                self.tokens -= window.length
        return batch
