"""A worker node: warm models, its own queues, its own device, and torch in children only."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
import torch
from sqlalchemy import Engine, func, select

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import reading
from schema.ledger.dispatch import dispatch
from schema.results.sentiment import SentimentRow
from schema.settings import read_settings
from schema.status.workers import all_worker_status
from schema.tables import JobState
from tests.end_to_end.node import PATIENCE, running_node
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

TEXTS = ["The parcel was late and the box was broken.", "I love these shoes, they fit perfectly."]


def send(engine: Engine, analyses: Sequence[str]) -> None:
    messages = Messages(make_app(read_settings()))
    for analysis in analyses:
        dispatch(engine, messages.publish, analysis, window=4)


def all_done(engine: Engine, run_id: int) -> bool:
    return all(job.state == JobState.DONE for job in jobs(engine, run_id))


def test_models_are_loaded_once_per_child_and_again_when_it_is_killed(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    with running_node(tmp_path, ["sentiment"]) as node:
        first = make_run(engine, TEXTS * 15, job_size=2, name="first")
        send(engine, ["sentiment"])
        wait_until(lambda: all_done(engine, first), PATIENCE)
        (load,) = node.loads()
        assert load["analyses"] == "sentiment"
        assert not any("torch" in name for name in node.libraries()), "the parent forks"

        os.kill(int(load["pid"]), signal.SIGKILL)
        _, again = node.wait_for_loads(2)
        assert (again["child"], again["visible"]) == (load["child"], load["visible"])
        assert again["pid"] != load["pid"]

        second = make_run(engine, TEXTS * 15, job_size=2, name="second")
        send(engine, ["sentiment"])
        wait_until(lambda: all_done(engine, second), PATIENCE)
        assert len(node.loads()) == 2
    with reading(engine) as connection:
        labels = connection.execute(
            select(SentimentRow.label, func.count()).group_by(SentimentRow.label)
        ).all()
    assert sum(row[1] for row in labels) == 60
    assert all(job.attempts == 1 for job in jobs(engine))


def test_a_child_that_is_killed_before_its_node_is_ready_is_replaced(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    run_id = make_run(sqlite_engine, TEXTS)
    send(sqlite_engine, ["sentiment"])
    with running_node(tmp_path, ["sentiment"], app="tests.end_to_end.killed_at_start") as node:
        wait_until(lambda: all_done(sqlite_engine, run_id) or node.process.poll(), PATIENCE)
        assert node.process.poll() is None, node.text()
        assert "exited with 'signal 9 (SIGKILL)'" in node.text()


def test_a_node_that_is_told_to_end_before_it_is_ready_ends_without_an_error(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLD_TO_END", "1")
    with running_node(tmp_path, ["sentiment"], app="tests.end_to_end.killed_at_start") as node:
        assert node.process.wait(PATIENCE) == 0, node.text()
        assert "Traceback" not in node.text()


def test_a_node_takes_its_own_queues_only(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    """With sentiment and entities in its hands, qa stays where it is."""
    analyses = ["sentiment", "entities", "qa"]
    run_id = make_run(sqlite_engine, TEXTS, analyses)

    def finished() -> set[str]:
        return {j.analysis for j in jobs(sqlite_engine, run_id) if j.state == JobState.DONE}

    with running_node(tmp_path, ["sentiment", "entities"]) as node:
        send(sqlite_engine, analyses)
        wait_until(lambda: finished() == {"sentiment", "entities"}, PATIENCE)
        assert node.loads()[0]["analyses"] == "sentiment,entities"
    states = {job.analysis: job.state for job in jobs(sqlite_engine, run_id)}
    assert states["qa"] == JobState.QUEUED
    assert Messages(make_app(read_settings())).depth("qa") == 1


def test_two_pinned_nodes_see_a_device_each(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    """Each child has its own device in its environment before torch is there to read it."""
    with contextlib.ExitStack() as nodes:
        both = [
            nodes.enter_context(
                # Where there is no such GPU, the CPU computes; the pin is the same.
                running_node(tmp_path, ["sentiment"], f"cuda:{n}", name=f"gpu{n}", fallback=True)
            )
            for n in range(2)
        ]
        for number, node in enumerate(both):
            load = node.wait_for_loads(1)[0]
            environment = psutil.Process(int(load["pid"])).environ()
            assert environment["CUDA_VISIBLE_DEVICES"] == load["visible"] == str(number)
            there = number < torch.cuda.device_count()
            assert load["device"] == ("cuda:0" if there else "cpu")


def test_a_node_whose_model_is_missing_fails_and_says_which(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[sentiment]\nmodel = "./nowhere"\n')
    monkeypatch.setenv("TRIAGE_MODELS", str(catalog))
    with running_node(tmp_path, ["sentiment"], concurrency=2) as node:
        wait_until(lambda: node.process.poll() is not None, PATIENCE)
    assert node.process.returncode == 1
    assert "nowhere does not exist; correct `model` in the catalog" in node.text()
    with reading(sqlite_engine) as connection:
        worker = all_worker_status(connection)[0]
    assert worker.state == "not ready" and worker.reason and "nowhere" in worker.reason
