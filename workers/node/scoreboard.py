"""The board: a page of memory that a node's parent and its children share, to tell what they
cannot tell otherwise: the parent runs no code of a child's, and a child that hangs says nothing.
"""

from __future__ import annotations

import mmap
import struct
import threading
import time
from collections.abc import Callable

#: Children that a board has places for; a node has one or two.
MAX_CHILDREN = 256
#: Seconds between two looks at the board while waiting for something else.
LOOK = 0.2

_HEAD = struct.Struct("=Qd")
_PLACE = struct.Struct("=qd")
#: In the place of a limit.
_LOADING = -1.0


class Scoreboard:
    """Made before the fork. Times are of the monotonic clock, which is one for all processes."""

    def __init__(self) -> None:
        """All is blank: nothing fails, nothing stops, nobody computes."""
        self._page = mmap.mmap(-1, _HEAD.size + MAX_CHILDREN * _PLACE.size)

    @property
    def cannot_load(self) -> bool:
        """Whether a child has found that no child of this node could load its models."""
        return bool(_HEAD.unpack_from(self._page)[0])

    def say_cannot_load(self) -> None:
        """Called by a child, before it ends."""
        _HEAD.pack_into(self._page, 0, 1, self.stop_at or 0.0)

    @property
    def stop_at(self) -> float | None:
        """When jobs still running are to be released; None as long as the node is not to end."""
        return _HEAD.unpack_from(self._page)[1] or None

    def stop(self, grace: float) -> None:
        """The node is to end, and running jobs have `grace` seconds to finish."""
        _HEAD.pack_into(self._page, 0, int(self.cannot_load), time.monotonic() + grace)

    def place(self, index: int, pid: int) -> ScoreboardSlot:
        """The place of the child of this number, now taken by this process."""
        return ScoreboardSlot(self, index, pid)

    def pids(self, loading: bool = False) -> list[int]:
        """Who has written here, or last wrote that it loads; some may have ended since."""
        found = (_PLACE.unpack_from(self._page, _offset(index)) for index in range(MAX_CHILDREN))
        return [pid for pid, limit in found if pid and (limit == _LOADING or not loading)]

    def take_overdue(self) -> list[int]:
        """The pids of children whose limit is over; each is told once."""
        found = []
        for index in range(MAX_CHILDREN):
            pid, limit = _PLACE.unpack_from(self._page, _offset(index))
            if 0 < limit < time.monotonic():
                _PLACE.pack_into(self._page, _offset(index), 0, 0.0)
                found.append(pid)
        return found


class ScoreboardSlot:
    """A child's own lines on the board."""

    def __init__(self, board: Scoreboard, index: int, pid: int) -> None:
        self._board = board
        self._offset = _offset(index)
        self._pid = pid
        self.waiting()

    def computing(self, seconds: float) -> None:
        """This child computes; whoever looks may end it unless it writes again in time."""
        self._write(time.monotonic() + seconds)

    def loading(self) -> None:
        """This child loads its models: it holds nothing that it could give back."""
        self._write(_LOADING)

    def waiting(self) -> None:
        """This child does nothing that could hang."""
        self._write(0.0)

    def _write(self, limit: float) -> None:
        _PLACE.pack_into(self._board._page, self._offset, self._pid, limit)

    @property
    def overdue(self) -> bool:
        """Whether this child should have written again by now."""
        limit = _PLACE.unpack_from(self._board._page, self._offset)[1]
        return bool(0 < limit < time.monotonic())

    @property
    def stopping(self) -> bool:
        """Whether the node is to end."""
        return self._board.stop_at is not None

    @property
    def time_is_up(self) -> bool:
        """Whether a job still running is to be released now."""
        stop_at = self._board.stop_at
        return stop_at is not None and time.monotonic() >= stop_at

    def wait(self, seconds: float) -> bool:
        """Wait; returns True at once when the node is to end."""
        return _wait(seconds, lambda: self.stopping)

    def hold_out(self, seconds: float, ending: threading.Event) -> bool:
        """Wait, with a job in hand; returns True at once when its time is up, or it is `ending`."""
        return _wait(seconds, lambda: self.time_is_up or ending.is_set())


def _wait(seconds: float, over: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not over():
        if (left := until - time.monotonic()) <= 0:
            return False
        time.sleep(min(LOOK, left))
    return True


def _offset(index: int) -> int:
    return _HEAD.size + (index % MAX_CHILDREN) * _PLACE.size


#: The board of this node: made when the parent imports this, shared by the children it forks.
node_scoreboard = Scoreboard()
