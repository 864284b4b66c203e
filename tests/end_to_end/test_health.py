"""The health of a real node: well while it works or waits, not well when it stands still."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine

from producer.nodes import embedded_redis
from schema import settings as settings_module
from schema.settings import read_settings
from tests.end_to_end.node import PATIENCE, running_node
from tests.end_to_end.test_faults import APP, Gate
from tests.support.ledger import make_run
from tests.support.waiting import wait_until
from workers.node.health import complaint
from workers.node.pulse import BEAT, Pulse, pulse_path

NODE = f"test@{socket.gethostname()}"


def pulse() -> Pulse | None:
    path = pulse_path(read_settings().home, NODE)
    return Pulse.read(path) if path.exists() else None


def what_is_wrong() -> str | None:
    """With less patience than the default, and more than a node needs."""
    return complaint(read_settings().home, NODE, late=3 * BEAT)


def test_a_node_is_well_until_its_parent_stands_still(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, loading = Gate(tmp_path / "hold"), Gate(tmp_path / "loading")
    monkeypatch.setenv("GATE_OF_LOADING", str(loading.folder))
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        first = wait_until(pulse, PATIENCE)
        assert first.childless is not None
        assert what_is_wrong() is None, "it loads"
        loading.open()
        make_run(sqlite_engine, [f"hold {hold.folder}"])
        hold.wait_for_begin()
        wait_until(lambda: (said := pulse()) and said.childless is None, PATIENCE)
        assert what_is_wrong() is None, "it computes"

        node.process.send_signal(signal.SIGSTOP)
        assert "has not gone round for" in wait_until(lambda: what_is_wrong() or "", PATIENCE)
        node.process.send_signal(signal.SIGCONT)
        wait_until(lambda: what_is_wrong() is None, PATIENCE)
        hold.open()
    assert "no such node runs" in str(what_is_wrong())


def test_a_node_that_waits_for_redis_is_well(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = embedded_redis.start(tmp_path / "own")
    monkeypatch.setenv("TRIAGE_REDIS_URL", server.url)
    settings_module.settings.cache_clear()
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        node.wait_for_loads(1)

        def loop() -> float | None:
            said = pulse()
            assert said is not None and what_is_wrong() is None
            return said.loop

        begun = wait_until(pulse, PATIENCE).loop
        assert begun is not None
        wait_until(lambda: (loop() or 0) > begun, PATIENCE, "its event loop goes round")
        server.stop()
        wait_until(lambda: loop() is None, PATIENCE, "it waits")
        server = embedded_redis.start(tmp_path / "own")
        wait_until(lambda: loop() is not None, PATIENCE, "it goes on")
    server.stop()
