"""The scoreboard: memory shared by a node's parent and its children (`mmap`, made before the fork).

A child writes by when it will report again, and the parent's watchdog ends one that is late, since
a child that hangs cannot say so itself. The parent writes when the node is to end.

It holds a head (whether models cannot be loaded, when to stop), then a slot of 16 bytes a child.
"""

from __future__ import annotations

import mmap
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Children that a scoreboard has slots for; a node has one or two.
MAX_CHILDREN = 256
#: Seconds between two looks at the scoreboard while waiting for something else.
POLL_INTERVAL = 0.2

_HEAD = struct.Struct("=Qd")
_SLOT = struct.Struct("=qd")
#: What a slot has in place of a time while there is no deadline.
_IDLE, _LOADING = 0.0, -1.0


class Scoreboard:
    """Made before the fork. Times are of the monotonic clock, which is one for all processes."""

    def __init__(self) -> None:
        """All is blank: nothing fails, nothing stops, nobody computes."""
        self._page = mmap.mmap(-1, _HEAD.size + MAX_CHILDREN * _SLOT.size)

    @property
    def cannot_load(self) -> bool:
        """Whether a child has found that no child of this node could load its models."""
        return bool(_HEAD.unpack_from(self._page)[0])

    def record_load_failure(self) -> None:
        """Called by a child, before it ends."""
        _HEAD.pack_into(self._page, 0, 1, self.stop_at or 0.0)

    @property
    def stop_at(self) -> float | None:
        """When jobs still running are to be released; None as long as the node is not to end."""
        return _HEAD.unpack_from(self._page)[1] or None

    def stop(self, grace: float) -> None:
        """The node is to end, and running jobs have `grace` seconds to finish."""
        _HEAD.pack_into(self._page, 0, int(self.cannot_load), time.monotonic() + grace)

    def slot(self, index: int, pid: int) -> ScoreboardSlot:
        """The slot of the child of this number, now taken by this process."""
        return ScoreboardSlot(self, index, pid)

    def pids(self, loading: bool = False) -> list[int]:
        """Who has written here, or last wrote that it loads; some may have ended since."""
        found = (_SLOT.unpack_from(self._page, _offset(index)) for index in range(MAX_CHILDREN))
        return [pid for pid, limit in found if pid and (limit == _LOADING or not loading)]

    def pop_overdue(self) -> list[int]:
        """The pids of children that have passed their deadline; each is told once."""
        found = []
        for index in range(MAX_CHILDREN):
            pid, limit = _SLOT.unpack_from(self._page, _offset(index))
            if 0 < limit < time.monotonic():
                _SLOT.pack_into(self._page, _offset(index), 0, _IDLE)
                found.append(pid)
        return found


class Deadline:
    """Until when a child that computes has to report; put off with every step that it takes.

    Attributes:
        seconds: From one report to the next.
    """

    def __init__(self, slot: ScoreboardSlot, seconds: float) -> None:
        self._slot = slot
        self.seconds = seconds

    def extend(self) -> None:
        """Report: the deadline is `seconds` from now. While the slot says something else, in a
        block inside of this one, nothing happens.
        """
        self._slot._report(self)


#: What a slot says: a deadline, or one of the two other states.
_State = Deadline | float


class ScoreboardSlot:
    """A child's own entry. It is idle until one of its blocks is entered; they may be nested, and
    one that is left makes the slot what it was before, with a deadline that begins anew.

    Args:
        board: The node's.
        index: Of the child among the node's.
        pid: Of the child.
    """

    def __init__(self, board: Scoreboard, index: int, pid: int) -> None:
        self._board = board
        self._offset = _offset(index)
        self._pid = pid
        self._state: _State = _IDLE
        self._write()

    @contextmanager
    def computing(self, seconds: float) -> Iterator[Deadline]:
        """This child computes; the watchdog ends it `seconds` after the block was entered, or after
        the last `Deadline.extend`.
        """
        deadline = Deadline(self, seconds)
        with self._be(deadline):
            yield deadline

    @contextmanager
    def loading(self) -> Iterator[None]:
        """This child loads its models: it holds nothing that it could give back."""
        with self._be(_LOADING):
            yield

    @contextmanager
    def idle(self) -> Iterator[None]:
        """This child waits for something that cannot hang it, the database say."""
        with self._be(_IDLE):
            yield

    @contextmanager
    def _be(self, state: _State) -> Iterator[None]:
        before = self._state
        self._state = state
        self._write()
        try:
            yield
        finally:
            self._state = before
            self._write()

    def _report(self, deadline: Deadline) -> None:
        if self._state is deadline:
            self._write()

    def _write(self) -> None:
        state = self._state
        limit = time.monotonic() + state.seconds if isinstance(state, Deadline) else state
        _SLOT.pack_into(self._board._page, self._offset, self._pid, limit)

    @property
    def is_overdue(self) -> bool:
        """Whether this child should have reported by now."""
        limit = _SLOT.unpack_from(self._board._page, self._offset)[1]
        return bool(0 < limit < time.monotonic())

    @property
    def is_stopping(self) -> bool:
        """Whether the node is to end."""
        return self._board.stop_at is not None

    @property
    def time_is_up(self) -> bool:
        """Whether a job still running is to be released now."""
        stop_at = self._board.stop_at
        return stop_at is not None and time.monotonic() >= stop_at

    def wait(self, seconds: float) -> bool:
        """Wait; returns True at once when the node is to end."""
        return _wait(seconds, lambda: self.is_stopping)

    def wait_while_holding(self, seconds: float, ending: threading.Event) -> bool:
        """Wait, with a job in hand; returns True at once when its time is up, or it is `ending`."""
        return _wait(seconds, lambda: self.time_is_up or ending.is_set())


def _wait(seconds: float, over: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not over():
        if (left := until - time.monotonic()) <= 0:
            return False
        time.sleep(min(POLL_INTERVAL, left))
    return True


def _offset(index: int) -> int:
    return _HEAD.size + (index % MAX_CHILDREN) * _SLOT.size


#: The scoreboard of this node: made when the parent imports this, shared by the children it forks.
node_scoreboard = Scoreboard()
