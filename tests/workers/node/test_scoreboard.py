"""The board that a parent and its children share."""

from __future__ import annotations

import os
import threading

from workers.node.scoreboard import Scoreboard


def test_what_a_child_writes_its_parent_reads() -> None:
    board = Scoreboard()
    assert (board.cannot_load, board.stop_at, board.take_overdue()) == (False, None, [])
    pid = os.fork()
    if pid == 0:
        board.say_cannot_load()
        board.place(1, os.getpid()).computing(-1)
        os._exit(0)
    os.waitpid(pid, 0)
    assert (board.cannot_load, board.take_overdue()) == (True, [pid])
    assert board.take_overdue() == [], "told once: the number may soon be another process's"


def test_only_who_computes_can_be_overdue() -> None:
    board = Scoreboard()
    place = board.place(3, 4711)
    assert not place.overdue
    place.computing(60)
    assert (place.overdue, board.take_overdue()) == (False, [])
    place.computing(-1)
    assert place.overdue
    place.waiting()
    assert (place.overdue, board.take_overdue()) == (False, [])
    place.computing(-1)
    assert board.take_overdue() == [4711]


def test_who_only_loads_has_nothing_to_give_back() -> None:
    board = Scoreboard()
    board.place(0, 4711).loading()
    ready = board.place(1, 4712)
    ready.loading()
    ready.waiting()
    assert (board.pids(), board.pids(loading=True)) == ([4711, 4712], [4711])
    assert board.take_overdue() == []


def test_grace_comes_before_the_end() -> None:
    board = Scoreboard()
    place = board.place(0, os.getpid())
    assert (place.stopping, place.time_is_up) == (False, False)
    assert not place.wait(0)
    board.stop(grace=60)
    assert (place.stopping, place.time_is_up) == (True, False)
    assert place.wait(3600), "at once"
    ending = threading.Event()
    assert not place.hold_out(0.01, ending), "there is time left"
    ending.set()
    assert place.hold_out(3600, ending)
    ending.clear()
    board.stop(grace=0)
    assert place.time_is_up
    assert place.hold_out(3600, ending)
