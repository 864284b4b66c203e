"""What forwards that run at once add up to."""

from __future__ import annotations

import pytest

from workers.engine import counters as module
from workers.engine.counters import Counters, ForwardCounter


def test_time_counts_once_and_also_while_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(module, "perf_counter", lambda: now[0])
    counters = Counters()
    forwards = ForwardCounter(counters)
    first, second = forwards.one(10, 12, 20), forwards.one(5, 5, 4)
    first.__enter__()
    now[0] += 2
    second.__enter__()
    now[0] += 3
    first.__exit__(None, None, None)
    assert counters == Counters(2, 15, 17, 25, 5.0)
    now[0] += 1
    second.__exit__(None, None, None)
    now[0] += 7
    with forwards.one(1, 1, 1):
        now[0] += 1
    assert counters == Counters(3, 16, 18, 26, 7.0)
