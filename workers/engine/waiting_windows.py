"""Windows that wait for a batch: urgent ones go first, and leave the others their part."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Sequence

from workers.analysis import Window
from workers.engine.batching import room_of

#: Tokens of urgent windows to those of others while both wait: these keep more than a third.
URGENT, OTHERS = 7, 4
#: What others got before is held against them up to one in so many of the budget: a few small runs
#: that meet one worker, one after the other, would wait for its part of a large one that all
#: workers compute.
CREDIT = 4
#: Batches of others after an urgent one that are short, so that what is urgent next waits less, …
SHORT_BATCHES = 64
#: … and what they cost: one in so many of the budget.
SHORT = 16


class WaitingWindows:
    """Windows that no lane has taken yet: urgent ones by their urgency, others as they came, and of
    a job the longest first.

    Args:
        budget: What a batch may cost, in tokens; asked before each.
        queues: Whether batches of lanes are computed one behind the other.

    Attributes:
        tokens: Of all that wait.
    """

    def __init__(self, budget: Callable[[], int], queues: bool) -> None:
        self._budget, self._queues = budget, queues
        self._others: deque[tuple[int, Window]] = deque()
        #: A heap; the number comes before the window, and no two are equal in it.
        self._urgent: list[tuple[int, int, int, Window]] = []
        self._came = 0
        self._lock = threading.Lock()
        #: Of urgent windows ahead of their part, while others waited: tokens times `OTHERS`; less
        #: than 0 where others have had more.
        self._lead = 0
        self._short_batches = 0
        self.tokens = 0

    def __bool__(self) -> bool:
        return bool(self._others or self._urgent)

    def add(self, windows: Sequence[Window], urgency: int | None = None) -> None:
        """Have the windows of a job wait; they are numbered from 0 as they come."""
        numbered = enumerate(windows, start=self._came)
        longest_first = sorted(numbered, key=lambda pair: -pair[1].length)
        with self._lock:
            if urgency is None:
                self._others += longest_first
            else:
                for place, (number, window) in enumerate(longest_first, start=self._came):
                    heapq.heappush(self._urgent, (urgency, place, number, window))
            self._came += len(windows)
            self.tokens += sum(window.length for window in windows)

    def take(self, lanes: int) -> dict[int, Window]:
        """A batch, by the numbers of its windows; none if nothing waits. Urgent windows share none
        with others, for which they would have to wait.
        """
        with self._lock:
            budget = self._budget()
            if self._is_urgent_turn(budget):
                room = room_of(budget, self.tokens, lanes, self._queues)
                batch = self._fill(room, self._next_urgent, self._pop_urgent)
                self._short_batches = SHORT_BATCHES
                weight = OTHERS
            else:
                most = budget // SHORT if self._short_batches else budget
                room = min(most, room_of(budget, self.tokens, lanes, self._queues))
                batch = self._fill(room, self._next_other, self._others.popleft)
                self._short_batches = max(0, self._short_batches - 1)
                weight = -URGENT
            tokens = sum(window.length for window in batch.values())
            self.tokens -= tokens
            # Who has nothing to do meanwhile is owed nothing.
            lead = self._lead + weight * tokens if self._others else min(0, self._lead)
            self._lead = max(-URGENT * budget // CREDIT, lead)
        return batch

    def _is_urgent_turn(self, budget: int) -> bool:
        if not self._urgent or not self._others:
            return bool(self._urgent)
        return self._lead < max(1, URGENT * budget // SHORT)

    def _fill(
        self,
        room: int,
        following: Callable[[], Window | None],
        pop: Callable[[], tuple[int, Window]],
    ) -> dict[int, Window]:
        batch: dict[int, Window] = {}
        while (window := following()) and (not batch or window.length <= room):
            number, window = pop()
            batch[number] = window
            room -= window.length
        return batch

    def _next_urgent(self) -> Window | None:
        return self._urgent[0][-1] if self._urgent else None

    def _pop_urgent(self) -> tuple[int, Window]:
        return heapq.heappop(self._urgent)[-2:]

    def _next_other(self) -> Window | None:
        return self._others[0][1] if self._others else None
