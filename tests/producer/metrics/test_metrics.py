"""`triage metrics`: the numbers are those of the ledger, named as Prometheus has it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, update

from schema.analyses import ANALYSES
from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import writing
from schema.database.clock import after, now
from schema.ledger.reap import LOST, reap
from schema.process import this_process
from schema.settings import read_settings
from schema.status.workers import ModelInMemory, Throughput
from schema.tables import JobState, Run, RunState, Worker
from schema.worker_registry import not_ready, ready, register, report
from tests.support.console import Triage
from tests.support.feedback import add_job, add_run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
#: Values of each metric by its name and labels.
Metrics = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(said: str) -> Metrics:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics[f"triage_{name}", frozenset(labels.items())]


def seed(engine: Engine) -> None:
    with writing(engine) as connection:
        counts = {"read": 3100, "stored": 3000, "duplicate": 75, "rejected": 25}
        busy = add_run(connection, "busy", ("sentiment", "summary"), **counts)
        add_job(connection, busy, "sentiment", JobState.DONE, 3000, failed=7, attempts=3, fence=4)
        for state, size in (
            *((JobState.RUNNING, 10), (JobState.QUEUED, 5), (JobState.PENDING, 1000)),
            *((JobState.BLOCKED, 100), (JobState.DONE, 20), (JobState.CANCELLED, 30)),
        ):
            lease = {"lease_until": after(-5)} if state == JobState.RUNNING else {}
            add_job(connection, busy, "summary", state, size, **lease)
        add_run(connection, "new", ("sentiment",), state=RunState.INGESTING, ingested_at=None)
        paused = add_run(connection, "paused", ("qa",), paused_at=now())
        add_job(connection, paused, "qa", JobState.PENDING, 9)
        connection.execute(update(Run).where(Run.name == "busy").values(created_at=after(-90)))


def test_what_the_ledger_holds(engine: Engine, redis_url: str, triage: Triage) -> None:
    seed(engine)
    messages = Messages(make_app(read_settings()))
    messages.publish("summary", [1, 2], urgent=False)
    ended = triage("metrics", "--once")
    assert ended.code == 0
    found = read(ended.out)
    summary = {"analysis": "summary", "run_state": "open"}
    states = {"waiting": 1105, "in_flight": 10, "done": 20, "dead": 0, "cancelled": 30}
    for state, documents in states.items():
        assert value(found, "documents", **summary, state=state) == documents
    assert value(found, "documents_blocked", **summary) == 100
    sentiment = {"analysis": "sentiment", "run_state": "open"}
    assert value(found, "documents", **sentiment, state="dead") == 7
    assert value(found, "documents", **sentiment, state="done") == 2993
    paused = {"analysis": "qa", "run_state": "paused"}
    assert value(found, "documents", **paused, state="waiting") == 9
    assert 90 <= value(found, "oldest_waiting_seconds", analysis="summary") < 200
    # Somebody holds it back.
    assert value(found, "oldest_waiting_seconds", analysis="qa") == 0
    assert value(found, "rows", run_state="open", outcome="rejected") == 25
    assert value(found, "runs", run_state="ingesting") == 1
    assert value(found, "jobs_queued", analysis="summary") == 1
    assert value(found, "jobs_running", analysis="summary") == 1
    assert value(found, "leases_expired", analysis="summary") == 1
    assert value(found, "job_retries_total", analysis="sentiment") == 2
    assert value(found, "job_claims_total", analysis="sentiment") == 4
    # The reaper comes by, and counts what was over.
    assert value(found, "lease_expiries_total", analysis="summary") == 0
    reap(engine, max_attempts=4)
    later = read(triage("metrics", "--once").out)
    assert value(later, "lease_expiries_total", analysis="summary") == 1
    assert value(later, "lease_expiries_total", analysis="sentiment") == 0
    assert value(later, "leases_expired", analysis="summary") == 0
    # The queue is not the backlog.
    assert value(found, "queue_messages", analysis="summary", priority="later") == 2
    assert value(found, "dispatch_window_messages") == 4
    for server in ("database", "redis"):
        assert value(found, f"{server}_up") == 1
        assert 0 < value(found, f"{server}_answer_seconds") < 10


def test_workers(engine: Engine, triage: Triage) -> None:
    for number in range(4):
        register(engine, f"gpu{number}@host/0", this_process(), ["sentiment"], LOST)
    for number in range(2):
        ready(engine, f"gpu{number}@host/0", [ModelInMemory("x", 1000)])
        report(engine, f"gpu{number}@host/0", Throughput(100.0, 0.1, 0.8 + number / 10, 0.5))
    not_ready(engine, "gpu2@host/0", "no", None)
    with writing(engine) as connection:
        lost = update(Worker).where(Worker.name == "gpu3@host/0")
        connection.execute(lost.values(seen_at=after(-120)))
    found = read(triage("metrics", "--once").out)
    states = {"ready": 2, "not_ready": 1, "loading": 0, "lost": 1}
    for state, workers in states.items():
        assert value(found, "workers", state=state) == workers
    assert value(found, "worker_tokens_per_second") == 200
    assert value(found, "worker_batch_fill_ratio") == pytest.approx(0.85)
    assert value(found, "worker_model_bytes") == 2000
    assert 0 <= value(found, "worker_load_seconds") < 60
    named = read(triage("metrics", "--once", "--by-worker").out)
    assert value(named, "worker_batch_fill_ratio", worker="gpu1@host/0") == pytest.approx(0.9)


def test_no_label_is_without_bound_and_nothing_names_a_run(
    engine: Engine, redis_url: str, triage: Triage
) -> None:
    seed(engine)
    register(engine, "gpu0@host/0", this_process(), ["sentiment"], LOST)
    said = triage("metrics", "--once").out
    assert not re.search(r"busy|paused\"?,? ?name|gpu0|host", said)
    labels = {label for _, of_it in read(said) for label, _ in of_it}
    assert labels == {
        *("analysis", "run_state", "state", "outcome", "priority", "version"),
    }
    assert {dict(of_it).get("analysis") for _, of_it in read(said)} <= {None, *ANALYSES}


def test_a_redis_that_is_away_takes_only_its_own_metrics_with_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, triage: Triage
) -> None:
    seed(engine)
    monkeypatch.setenv("TRIAGE_REDIS_URL", "redis://127.0.0.1:1/0")
    found = read(triage("metrics", "--once").out)
    assert value(found, "redis_up") == 0
    assert ("triage_redis_answer_seconds", frozenset()) not in found
    assert value(found, "runs", run_state="open") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_served_on_this_machine_until_it_is_told_to_end(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    seed(engine)
    served = subprocess.Popen(
        [sys.executable, "-m", "producer", "metrics", "--port", "0"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert served.stderr is not None
    line = served.stderr.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+/metrics", line)
    assert address, line
    with urlopen(address[0], timeout=30) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        found = read(answer.read().decode())
    assert value(found, "runs", run_state="open") == 1
    served.send_signal(signal.SIGTERM)
    assert served.wait(30) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_it_cannot_listen_it_says_so(engine: Engine, triage: Triage) -> None:
    for address in ("203.0.113.1", "nowhere.invalid", "\x9b31m"):
        ended = triage("metrics", "--address", address, "--port", "0")
        assert ended.code == 2 and "give another --address or --port" in ended.err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_however_many_ask_the_database_is_asked_once_in_some_seconds(
    engine: Engine, redis_url: str
) -> None:
    from producer.metrics.collector import LedgerCollector

    collector = LedgerCollector(engine, None, read_settings())
    first = list(collector.collect())
    engine.dispose()
    with writing(engine) as connection:
        add_run(connection, "later", ("sentiment",))
    assert list(collector.collect()) == first


def test_prometheus_finds_nothing_to_complain_about(
    engine: Engine, redis_url: str, triage: Triage
) -> None:
    import shutil

    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    seed(engine)
    client = redis.Redis.from_url(redis_url)
    client.ping()
    said = triage("metrics", "--once").out
    done = subprocess.run(
        [promtool, "check", "metrics"], input=said, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
