"""A Redis that Sentinels watch: a node and Flower follow the primary, and name no password."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.ledger.dispatch import dispatch
from schema.settings import read_settings
from tests.end_to_end.flower import Browser, running_flower
from tests.end_to_end.node import PATIENCE, running_node
from tests.hosts.redis_process import PASSWORD
from tests.hosts.sentinels import WatchedRedis
from tests.support.checkpoints import build_sentiment
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

LOGIN = "analyst:of-flower"
OF_SENTINELS = "of-the-sentinels"


def run_jobs(engine: Engine, name: str) -> None:
    run_id = make_run(engine, [f"It broke, {name}."] * 3, job_size=1, name=name)
    messages = Messages(make_app(read_settings()))
    dispatch(engine, messages.publish, "sentiment", window=4)
    wait_until(lambda: all(job.state == "done" for job in jobs(engine, run_id)), PATIENCE, name)


def test_a_node_and_flower_follow_the_primary(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_sentiment(tmp_path / "sentiment")
    (tmp_path / "catalog.toml").write_text('[sentiment]\nmodel = "./sentiment"\n', "utf-8")
    monkeypatch.setenv("TRIAGE_MODELS", str(tmp_path / "catalog.toml"))
    monkeypatch.setenv("TRIAGE_UPKEEP", "1")
    monkeypatch.setenv("TRIAGE_MESSAGE_TIMEOUT", "2")
    watched = WatchedRedis(tmp_path / "watched", OF_SENTINELS)
    monkeypatch.setenv("TRIAGE_REDIS_URL", watched.url)
    try:
        with (
            running_node(tmp_path, ["sentiment"]) as node,
            running_flower(tmp_path, LOGIN) as flower,
        ):
            node.wait_for_loads(1)
            run_jobs(sqlite_engine, "before")
            successor = watched.other
            watched.primary.kill()
            watched.wait_for_primary(successor)
            run_jobs(sqlite_engine, "after")
            browser = Browser(flower.home, LOGIN)
            wait_until(lambda: browser.json("/api/tasks"), PATIENCE, "Flower hears of tasks")
            assert "sentiment" in browser.read("/broker")
            assert node.process.poll() is None
            seen = [*browser.seen, browser.read("/workers"), node.text(), flower.log.read_text()]
    finally:
        watched.stop()
    for text in seen:
        assert f":{PASSWORD}@" not in text and OF_SENTINELS not in text
        assert "Traceback" not in text
