"""Windows that come while others are on their way, through `Analysis.forward`, batch by batch.

Where jobs are computed one after the other, lanes wait for the last batch of each, batches get
smaller towards its end, and a small job does not even fill one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from workers.analysis import Window
from workers.engine.batching import room_of
from workers.runtime.lanes import LaneTask, run_in_lanes

#: Batches of each lane that should be waiting: with fewer, they get smaller, as at the end.
_WAITING = 3

#: From windows, and what is to be called meanwhile, to an output for each window.
_Forward = Callable[[Sequence[Window], Callable[[], None]], Sequence[Any]]


class BatchStream:
    """A `Stream` of windows of one group, for a model that computes without padding.

    Args:
        forward: Runs one batch; several at once where there are lanes.
        budget: What a batch may cost, in tokens; asked before each.
        lanes: How many there are for so many tokens.
        queues: Whether their batches are computed one behind the other.
    """

    #: It begins with whatever is there.
    wants = 0
    by_batches = True

    def __init__(
        self,
        forward: _Forward,
        budget: Callable[[], int],
        lanes: Callable[[int], int],
        queues: bool = False,
    ) -> None:
        self._forward, self._budget, self._lanes = forward, budget, lanes
        self._queues = queues

    def run(
        self,
        windows: Sequence[Window],
        on_step: Callable[[], None],
        on_output: Callable[[int, Any], None],
        more: Callable[[], Sequence[Window]],
    ) -> None:
        """See `Stream`."""
        waiting = _Waiting(self._budget, self._queues)
        waiting.add(windows)
        running: set[int] = set()
        lanes = 0
        anew = False

        def step() -> None:
            nonlocal anew
            on_step()
            # Where there is work for a lane that has ended, or for more lanes, all come to their
            # end, and begin anew.
            idle = len(running) < lanes and bool(waiting)
            anew = anew or idle or self._lanes(waiting.tokens) > lanes
            few = waiting.tokens < _WAITING * lanes * self._budget()
            if few and not anew and (new := more()):
                waiting.add(new)

        def lane(number: int) -> LaneTask:
            def work(tick: Callable[[], None]) -> None:
                # In a single lane more would be asked for in the middle of a forward.
                beat = tick if lanes > 1 else on_step
                try:
                    while not anew and (batch := waiting.take(lanes)):
                        outputs = self._forward(list(batch.values()), beat)
                        for window, output in zip(batch, outputs, strict=True):
                            on_output(window, output)
                        tick()
                finally:
                    running.discard(number)

            return work

        # What comes just as the last lane ends is left to new ones.
        while waiting:
            lanes, anew = self._lanes(waiting.tokens), False
            running.update(range(lanes))
            run_in_lanes([lane(number) for number in range(lanes)], step)

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
