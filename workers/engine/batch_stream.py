"""Windows that come while others are on their way, through `Analysis.forward`, batch by batch.

Where jobs are computed one after the other, lanes wait for the last batch of each, batches get
smaller towards its end, and a small job does not even fill one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from typing import Any

from workers.analysis import Window
from workers.engine.waiting_windows import WaitingWindows
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
        self._waiting = WaitingWindows(budget, queues)
        self._lanes = 0
        self._running: set[int] = set()
        #: Whether the lanes come to their end, so that others begin.
        self._restarts = False

    def opened(self, tick: Tick) -> AbstractContextManager[None]:
        """Nothing has to be opened."""
        return nullcontext()

    def add(self, windows: Sequence[Window], urgency: int | None = None) -> None:
        """Have windows wait for their turn."""
        self._waiting.add(windows, urgency)

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
