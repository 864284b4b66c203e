"""The log of a node: whom each line concerns, as JSON and as text, and nothing false in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import reading
from schema.database.clock import after
from schema.ledger.dispatch import dispatch
from schema.settings import read_settings
from schema.tables import Job, JobState, Worker
from tests.end_to_end.node import PATIENCE, running_node
from tests.end_to_end.test_faults import APP, GOOD, Gate
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until


def is_done(engine: Engine) -> bool:
    return all(job.state == JobState.DONE for job in jobs(engine))


def objects(log: str) -> list[dict[str, Any]]:
    """The lines of a log; Celery's warning to the super-user comes before any log is set up."""
    lines = log.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("{"))
    return [json.loads(line) for line in lines[first:] if line]


def test_every_line_is_an_object_and_names_its_worker_and_its_job(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_LOG_FORMAT", "json")
    run = make_run(sqlite_engine, [GOOD, f"{GOOD} Again."], job_size=1)
    with running_node(tmp_path, ["sentiment"]) as node:
        wait_until(lambda: is_done(sqlite_engine), PATIENCE)
        node.wait_for_text("succeeded")
    said = objects(node.text())
    assert all({"time", "level", "message", "logger", "worker"} <= one.keys() for one in said)
    of_jobs = [one for one in said if one["message"].startswith(("job ", "Task "))]
    assert {one["job"] for one in of_jobs} == {job.id for job in jobs(sqlite_engine)}
    (child,) = {one["worker"] for one in of_jobs if one["logger"].startswith("workers.child")}
    assert child.startswith("test@") and child.endswith("/0")
    written = [one for one in of_jobs if "tokens/s" in one["message"]]
    assert [(one["run"], one["attempt"], one["analysis"]) for one in written] == [
        (run, 1, "sentiment")
    ] * 2
    assert any("the node ends" in one["message"] for one in said)


def test_a_model_that_loads_is_no_lost_message(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading = Gate(tmp_path / "loading")
    monkeypatch.setenv("GATE_OF_LOADING", str(loading.folder))
    for name, seconds in (("MESSAGE_TIMEOUT", "1"), ("UPKEEP", "0.2")):
        monkeypatch.setenv(f"TRIAGE_{name}", seconds)
    make_run(sqlite_engine, [GOOD] * 4, job_size=1)
    messages = Messages(make_app(read_settings()))
    dispatch(sqlite_engine, messages.publish, "sentiment", window=4)
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        loading.wait_for_begin()

        def is_late() -> bool:
            """Whether maintenance has gone round when the messages were three timeouts old."""
            old = select(Job.id).where(Job.queued_at < after(-3))
            seen = select(Worker.name).where(Worker.seen_at > after(-0.5))
            with reading(sqlite_engine) as connection:
                return bool(connection.execute(old).all() and connection.execute(seen).all())

        wait_until(is_late, PATIENCE)
        assert messages.depth("sentiment") == 4
        loading.open()
        wait_until(lambda: is_done(sqlite_engine), PATIENCE)
    said = node.text()
    assert "lost" not in said
    # As text a line says it behind its words.
    job = jobs(sqlite_engine)[0]
    concerned = f"[run={job.run_id} job={job.id} attempt=1 analysis=sentiment worker=test@"
    assert concerned in said


@pytest.mark.parametrize(("level", "is_there"), [("INFO", True), ("WARNING", False)])
def test_the_level_is_that_of_the_settings(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, level: str, is_there: bool
) -> None:
    make_run(sqlite_engine, [GOOD])
    with running_node(tmp_path, ["language"], loglevel=level) as node:
        wait_until(lambda: _has_worker(sqlite_engine), PATIENCE)
    assert ("the node ends" in node.text()) is is_there


def _has_worker(engine: Engine) -> bool:
    with reading(engine) as connection:
        return bool(connection.execute(select(Worker.name)).all())
