"""The scoreboard that a parent and its children share."""

from __future__ import annotations

import os
import threading
import time

import pytest

from workers.node.scoreboard import _SLOT, Scoreboard, _offset


def test_what_a_child_writes_its_parent_reads() -> None:
    board = Scoreboard()
    assert (board.cannot_load, board.stop_at, board.pop_overdue()) == (False, None, [])
    pid = os.fork()
    if pid == 0:
        board.record_load_failure()
        with board.slot(1, os.getpid()).computing(-1):
            os._exit(0)
    os.waitpid(pid, 0)
    assert (board.cannot_load, board.pop_overdue()) == (True, [pid])
    assert board.pop_overdue() == [], "told once: the number may soon be another process's"


def test_only_who_computes_can_be_overdue() -> None:
    board = Scoreboard()
    slot = board.slot(3, 4711)
    assert not slot.is_overdue
    with slot.computing(60):
        assert (slot.is_overdue, board.pop_overdue()) == (False, [])
    with slot.computing(-1):
        assert slot.is_overdue
    assert (slot.is_overdue, board.pop_overdue()) == (False, [])
    with slot.computing(-1):
        assert board.pop_overdue() == [4711]


def limit(board: Scoreboard) -> float:
    """What stands in the first slot: a time, 0 for an idle child, -1 for one that loads."""
    return float(_SLOT.unpack_from(board._page, _offset(0))[1])


def test_blocks_are_nested_and_each_restores_what_was_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    board = Scoreboard()
    slot = board.slot(0, 4711)
    said = [limit(board)]
    with slot.loading():
        said.append(limit(board))
        with slot.computing(60):
            said.append(limit(board))
            with slot.idle(), pytest.raises(KeyError):
                said.append(limit(board))
                with slot.computing(5):
                    said.append(limit(board))
                    raise KeyError
            now[0] += 100
            with slot.idle():
                said.append(limit(board))
            # Nobody computed meanwhile: the deadline begins anew.
            said.append(limit(board))
        said.append(limit(board))
    said.append(limit(board))
    assert said == [0, -1, 1060, 0, 1005, 0, 1160, -1, 0]


def test_a_deadline_is_put_off_by_each_report_of_the_innermost_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    board = Scoreboard()
    slot = board.slot(0, 4711)
    with slot.computing(60) as deadline:
        now[0] += 50
        deadline.extend()
        assert limit(board) == 1110
        with slot.idle():
            deadline.extend()
            assert limit(board) == 0, "a child that waits cannot hang"
    deadline.extend()
    assert limit(board) == 0


def test_who_only_loads_has_nothing_to_give_back() -> None:
    board = Scoreboard()
    with board.slot(0, 4711).loading():
        with board.slot(1, 4712).loading():
            assert board.pids(loading=True) == [4711, 4712]
        assert (board.pids(), board.pids(loading=True)) == ([4711, 4712], [4711])
        assert board.pop_overdue() == []


def test_grace_comes_before_the_end() -> None:
    board = Scoreboard()
    slot = board.slot(0, os.getpid())
    assert (slot.is_stopping, slot.time_is_up) == (False, False)
    assert not slot.wait(0)
    board.stop(grace=60)
    assert (slot.is_stopping, slot.time_is_up) == (True, False)
    assert slot.wait(3600), "at once"
    ending = threading.Event()
    assert not slot.wait_while_holding(0.01, ending), "there is time left"
    ending.set()
    assert slot.wait_while_holding(3600, ending)
    ending.clear()
    board.stop(grace=0)
    assert slot.time_is_up
    assert slot.wait_while_holding(3600, ending)
