"""`triage ingest` while Redis refuses: all is stored, one sentence says why nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.tables import JobState
from tests.chaos.redis_server import RedisServer
from tests.support.console import Triage
from tests.support.ingesting import check_run, write_csv
from tests.support.ledger import jobs
from tests.support.servers.refusals import REFUSALS, Refusal


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("refusing"))
    yield server
    server.stop()


@pytest.mark.parametrize("refusal", REFUSALS[:4], ids=lambda refusal: refusal.code)
def test_it_stores_all_and_says_why_nothing_is_sent(
    sqlite_engine: Engine,
    server: RedisServer,
    tmp_path: Path,
    triage: Triage,
    monkeypatch: pytest.MonkeyPatch,
    refusal: Refusal,
) -> None:
    monkeypatch.setenv("TRIAGE_REDIS_URL", server.url)
    path = write_csv(tmp_path / "a.csv", [(1, "a"), (2, "b")])
    with refusal.lasting(server):
        ended = triage("ingest", str(path), "--run", "r")
        assert triage("status").code == 0
    assert ended.code == 0
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(f"Redis refuses ({refusal.code})")
    assert "the jobs are stored, and a worker will find them" in ended.err
    check_run(sqlite_engine, "r")
    waiting = {job.analysis: job.state for job in jobs(sqlite_engine)}
    assert waiting.pop("language") == JobState.PENDING
    assert set(waiting.values()) == {JobState.BLOCKED}
