"""A node that is told to end while its children start ends as it was told, without an error."""

from __future__ import annotations

from typing import Any

import pytest
from celery.exceptions import WorkerLostError, WorkerShutdown
from celery.worker import state

from workers.node.consumer import shutdown_first


def lost(*_: Any) -> None:
    raise WorkerLostError("Could not start worker processes")


def test_children_that_are_killed_at_the_end_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "should_stop", 0)
    with pytest.raises(WorkerShutdown) as ended:
        shutdown_first(lost)()
    assert ended.value.code == 0


def test_children_that_cannot_start_are_one() -> None:
    with pytest.raises(WorkerLostError, match="Could not start"):
        shutdown_first(lost)()


def test_what_the_loop_is_given_it_gets() -> None:
    given: list[Any] = []
    shutdown_first(lambda *args: given.extend(args))(1, "a")
    assert given == [1, "a"]
