"""Flower on a node at work: who has no login sees nothing, and nobody sees what customers wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from sqlalchemy import Engine

from producer.nodes.lifetime import end
from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.ledger.dispatch import dispatch
from schema.settings import read_settings
from tests.docker.dockerfile import read_stages
from tests.end_to_end.flower import Browser, Flower, running_flower
from tests.end_to_end.node import PATIENCE, RunningNode, running_node
from tests.support.checkpoints import build_sentiment
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

PASSWORD = "a pass:word/5"
LOGIN = f"analyst:{PASSWORD}"
INTRUDER = "intruder:password"
#: In every document, and so nowhere else.
MARKER = "quuxfeldspar"
TEXTS = [f"The {MARKER} number {number} broke after a day." for number in range(30)]
PAGES = ("/", "/workers", "/tasks", "/broker")
API = ("/api/workers", "/api/tasks", "/api/task/types", "/api/queues/length")
COLUMNS = {"draw": 1, "start": 0, "length": 100, "order[0][column]": 0, "columns[0][data]": "name"}


@pytest.fixture
def flower(redis_url: str, tmp_path: Path) -> Iterator[Flower]:
    # What Flower would run if it were let, since it lies in the current folder.
    (tmp_path / "flowerconfig.py").write_text(f"basic_auth = [{INTRUDER!r}]\n")
    with running_flower(tmp_path, LOGIN) as flower:
        yield flower


@pytest.fixture
def tiny_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog of one small random model: what it says does not matter here."""
    build_sentiment(tmp_path / "sentiment")
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[sentiment]\nmodel = "./sentiment"\n', "utf-8")
    monkeypatch.setenv("TRIAGE_MODELS", str(catalog))


@pytest.fixture
def node(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, tiny_models: None
) -> Iterator[RunningNode]:
    # The name for which the health check of the image asks.
    with running_node(tmp_path, ["sentiment"], name="worker") as node:
        yield node


def run_jobs(engine: Engine) -> list[int]:
    """Let the node analyse the documents; returns the ids of the jobs."""
    run_id = make_run(engine, TEXTS, ["sentiment"], job_size=10)
    dispatch(engine, Messages(make_app(read_settings())).publish, "sentiment", window=4)
    wait_until(lambda: all(job.state == "done" for job in jobs(engine, run_id)), PATIENCE)
    return [job.id for job in jobs(engine, run_id)]


def healthy(target: str, **environment: str) -> bool:
    """What the health check of an image says when it is run here."""
    command = read_stages()[target].health_command()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command], env=os.environ | environment | {"PATH": path}, timeout=PATIENCE
    )
    return done.returncode == 0


def test_what_flower_imports_is_free_of_torch() -> None:
    """Its image has none of these; and the parent of a node, which imports the same, forks."""
    code = (
        "import sys, workers.celery; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    environment = os.environ | {"TRIAGE_REDIS_URL": "redis://localhost:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.split())
    assert "workers" in imported
    assert not imported & {"torch", "transformers", "tokenizers", "safetensors", "sentencepiece"}


def test_without_the_login_there_is_nothing_to_see(flower: Flower) -> None:
    for login in (None, "analyst:", f"analyst:{PASSWORD}x", f":{PASSWORD}", "analyst", INTRUDER):
        browser = Browser(flower.home, login)
        for path in PAGES + API + ("/worker/worker@host", "/task/1", "/api/task/info/1"):
            assert browser.ask(path)[0] == 401, (login, path)
        for path in ("/api/task/send-task/triage.sentiment", "/api/worker/shutdown/worker@host"):
            assert browser.ask(path, b"{}")[0] == 401, (login, path)
    open_to_all = Browser(flower.home)
    assert open_to_all.read("/healthcheck") == "OK"
    # Counts by name of node and task, for Prometheus; Flower has no login for them.
    assert "flower_" in open_to_all.read("/metrics")
    assert healthy("flower", TRIAGE_FLOWER_PORT=str(urlsplit(flower.home).port))
    assert not healthy("flower", TRIAGE_FLOWER_PORT="1")
    no_process_and_no_log_shows_the_password(flower)


def no_process_and_no_log_shows_the_password(flower: Flower) -> None:
    process = psutil.Process(flower.process.pid)
    for one in (process, *process.children(recursive=True)):
        assert PASSWORD not in " ".join(one.cmdline())
    assert PASSWORD not in flower.log.read_text("utf-8")


def test_with_the_login_everything_is_seen_but_what_customers_wrote(
    flower: Flower, node: RunningNode, sqlite_engine: Engine
) -> None:
    job_ids = run_jobs(sqlite_engine)
    browser = Browser(flower.home, LOGIN)

    def finished() -> dict[str, Any]:
        tasks = browser.json("/api/tasks?limit=100&state=SUCCESS")
        return tasks if len(tasks) >= len(job_ids) else {}

    tasks = wait_until(finished, PATIENCE, "Flower has heard of every finished task")
    assert {task["name"] for task in tasks.values()} == {"triage.sentiment"}
    assert {task["args"] for task in tasks.values()} == {f"({job_id},)" for job_id in job_ids}
    assert {task["kwargs"] for task in tasks.values()} == {"{}"}

    def known() -> dict[str, Any]:
        workers = browser.json("/api/workers?refresh=1")
        return workers if any("active_queues" in one for one in workers.values()) else {}

    ((name, worker),) = wait_until(known, PATIENCE, "Flower knows the node").items()
    assert name.startswith("worker@")
    assert [queue["name"] for queue in worker["active_queues"]] == ["sentiment"]
    assert browser.json("/api/queues/length") == {
        "active_queues": [{"name": "sentiment", "messages": 0}]
    }
    assert name in browser.read("/workers")
    assert name in browser.read(f"/worker/{name}")
    assert "sentiment" in browser.read("/broker")
    for page in (*PAGES, *API, "/metrics", f"/tasks/datatable?{urlencode(COLUMNS)}"):
        browser.read(page)
    for task in tasks:
        assert "triage.sentiment" in browser.read(f"/task/{task}")
        browser.read(f"/api/task/info/{task}")

    redis_password = urlsplit(os.environ["TRIAGE_REDIS_URL"]).password
    assert redis_password
    logs = [flower.log.read_text("utf-8"), node.text()]
    for text in browser.seen + logs:
        assert MARKER not in text
        assert redis_password not in text and PASSWORD not in text
    looks_and_does_not_touch(browser, name)

    assert healthy("worker")
    end(node.process, PATIENCE)
    assert not healthy("worker")


def looks_and_does_not_touch(browser: Browser, name: str) -> None:
    for path in (
        "/api/task/send-task/triage.sentiment",
        "/api/task/async-apply/triage.sentiment",
        f"/api/worker/shutdown/{name}",
        f"/api/worker/queue/cancel-consumer/{name}?queue=sentiment",
        "/api/task/revoke/1",
    ):
        assert browser.ask(path, b"{}")[0] == 403, path
