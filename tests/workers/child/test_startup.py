"""A child that cannot start ends, whatever kept it from starting."""

from __future__ import annotations

import os

import pytest
from sqlalchemy.exc import OperationalError

from workers.child import startup


@pytest.mark.parametrize(
    "error", [OperationalError("INSERT", {}, Exception("gone")), SystemExit(0), None]
)
def test_a_child_without_models_takes_no_tasks(
    monkeypatch: pytest.MonkeyPatch, error: BaseException | None
) -> None:
    """Celery would go on with it: it swallows what its signals raise."""

    def fail(_node: str) -> None:
        if error:
            raise error

    monkeypatch.setattr(startup, "_start", fail)
    pid = os.fork()
    if pid == 0:
        startup.start(sender="node@host")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
