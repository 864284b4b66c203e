"""A process with the built-in models, for all tests that analyse: it takes seconds to start."""

from __future__ import annotations

from functools import cache

import pytest

from producer.commands import analyze as command
from producer.engine.engine_process import EngineProcess


class KeptProcess(EngineProcess):
    """One that outlives who closes it."""

    def close(self) -> None:
        """Stay."""


@cache
def kept_process() -> KeptProcess:
    """The process of this test session, on one thread of the CPU."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_THREADS", "1")
        process = KeptProcess("pocket", "cpu")
        process.ask({"analyses": [], "options": {}, "documents": []})
    return process


def share_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `triage analyze` in this process ask that one, whatever the catalog."""
    monkeypatch.setattr(command, "EngineProcess", lambda *_: kept_process())
