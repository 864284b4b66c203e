"""Reapers and workers as processes of their own: killed, stopped, two at once, clocks astray."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, select, text, update

from schema.database import open_engine, reading, writing
from schema.database.clock import after, seconds_since
from schema.ledger.claim import Claim, claim
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.ledger.reap import LOST, Reaped, reap
from schema.results.outcome import Outcome
from schema.results.sentiment import Sentiment, SentimentRow
from schema.tables import DeadLetter, Job, RunDocument
from tests.support.ledger import jobs, make_run
from tests.support.ledger_model import LedgerModel
from tests.support.ledger_promises import check_promises
from tests.support.ledger_snapshot import snapshot
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

MAX_ATTEMPTS = 2
ROOT = Path(__file__).parents[3]
_processes = multiprocessing.get_context("fork")


def die(engine: Engine, *job_ids: int) -> None:
    """Their workers claim them and are never heard of again."""
    for job_id in job_ids:
        assert claim(engine, job_id, "sentiment", "node/0", 30)
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.id.in_(job_ids)).values(lease_until=after(-1)))


def abandoned(engine: Engine) -> LedgerModel:
    """Of each kind that a reaper tells apart some jobs, all abandoned; and the model of them."""
    run = make_run(engine, ["text"] * 18, job_size=3, name="large jobs")
    alone = make_run(engine, ["text"] * 6, job_size=1, name="small jobs")
    ids = [job.id for job in jobs(engine)]
    twice = ids[:3] + ids[6:9]
    die(engine, *twice)
    assert reap(engine, MAX_ATTEMPTS) == Reaped(expired=6)
    die(engine, *ids)
    model = LedgerModel(sizes={run: 18, alone: 6}, analyses={run: ["sentiment"]})
    model.analyses[alone] = ["sentiment"]
    found = snapshot(engine)
    model.jobs, model.ids = found.jobs, found.ids
    return model


def check_reaped_once(engine: Engine, model: LedgerModel) -> None:
    """The tables are as one undisturbed reaper leaves them."""
    before = snapshot(engine)
    assert model.reap(MAX_ATTEMPTS, LOST) == (12, 3, 3)
    assert before.jobs == model.jobs
    assert before.written == sorted(model.written)
    check_promises(before, before, "reap", model.sizes, model.analyses)


def run_in_process(function: Callable[..., None], *arguments: Any) -> Any:
    process = _processes.Process(target=function, args=arguments)
    process.start()
    return process


def reap_until(url: str, statements: int, blow: int) -> None:
    """Reap, and get a signal before the given statement or commit is sent."""
    left = iter(range(statements))

    def count(*_arguments: object, **_options: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), blow)

    engine = open_engine(url)
    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    reap(engine, MAX_ATTEMPTS)
    engine.dispose()


def others_are_gone(engine: Engine) -> bool:
    """PostgreSQL undoes a dead client's transaction when it next listens to it; SQLite at once."""
    if engine.dialect.name == "sqlite":
        return True
    with reading(engine) as connection:
        mine = "datname = current_database() AND pid <> pg_backend_pid()"
        rows = connection.execute(text(f"SELECT 1 FROM pg_stat_activity WHERE {mine}"))
        return rows.first() is None


def test_a_reaper_killed_before_any_statement_leaves_all_to_the_next(
    engine: Engine, database_url: str
) -> None:
    model, statements = abandoned(engine), 0
    before = snapshot(engine)
    while True:
        process = run_in_process(reap_until, database_url, statements, signal.SIGKILL)
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        if process.exitcode == 0:
            break
        wait_until(lambda: others_are_gone(engine), 30)
        assert snapshot(engine) == before, f"killed before statement {statements}"
        statements += 1
    # The clock; what is expired; back to pending; halves twice; the dead thrice; commit.
    assert statements >= 1 + 1 + 1 + 2 + 3 + 1
    check_reaped_once(engine, model)


def reap_together(url: str, together: Any, freed: Any) -> None:
    engine = open_engine(url)
    together.wait()
    while (done := reap(engine, MAX_ATTEMPTS)) != Reaped():
        freed.put(done.expired)
    engine.dispose()


def test_two_reapers_at_once_free_a_job_once(engine: Engine, database_url: str) -> None:
    model = abandoned(engine)
    together, freed = _processes.Barrier(2), _processes.Queue()
    both = [run_in_process(reap_together, database_url, together, freed) for _ in range(2)]
    for process in both:
        process.join()
        assert process.exitcode == 0
    wait_until(lambda: not freed.empty(), 30)
    expired = 0
    while expired < 12:
        expired += freed.get(timeout=30)
    assert expired == 12 and freed.empty()
    check_reaped_once(engine, model)


@pytest.fixture
def postgres_engine(migrated_postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_postgres_url)
    yield engine
    engine.dispose()


def test_a_reaper_that_stands_still_holds_up_no_other(
    postgres_engine: Engine, migrated_postgres_url: str
) -> None:
    """It has its rows locked; the other one passes them by, and frees the rest."""
    engine, model = postgres_engine, abandoned(postgres_engine)
    # Two locks on tables, the clock; then it has read, and locked, what is expired.
    stopped = run_in_process(reap_until, migrated_postgres_url, 4, signal.SIGSTOP)
    os.waitpid(stopped.pid, os.WUNTRACED)
    later = make_run(engine, ["text"], job_size=1, name="later")
    die(engine, jobs(engine, later)[0].id)
    assert reap(engine, MAX_ATTEMPTS) == Reaped(expired=1)
    with writing(engine) as connection:
        connection.execute(delete(Job).where(Job.run_id == later))
    os.kill(stopped.pid, signal.SIGCONT)
    # Every statement is followed by a stop again.
    while (status := os.waitpid(stopped.pid, os.WUNTRACED)[1]) and os.WIFSTOPPED(status):
        os.kill(stopped.pid, signal.SIGCONT)
    assert status == 0
    check_reaped_once(engine, model)


def outcomes(engine: Engine, held: Claim, label: str) -> list[Outcome]:
    documents = read_documents(engine, held)
    return [Outcome(int(document.id), [Sentiment(label, 0.5)], None) for document in documents]


def claim_stop_finish(url: str, job_id: int, told: Any) -> None:
    engine = open_engine(url)
    held = claim(engine, job_id, "sentiment", "sleeper/0", lease=0.2)
    assert held
    results = outcomes(engine, held, "SLEEPER")
    engine.dispose()
    os.kill(os.getpid(), signal.SIGSTOP)
    told.put((heartbeat(engine, held, 30), finish(engine, held, results)))
    engine.dispose()


@pytest.mark.parametrize("finished_first", [True, False])
def test_a_process_that_wakes_up_after_its_lease_writes_nothing(
    engine: Engine, database_url: str, finished_first: bool
) -> None:
    """Neither when another has finished the job, nor when another is at it."""
    make_run(engine, ["a", "b"], job_size=2)
    job_id, told = jobs(engine)[0].id, _processes.Queue()
    sleeper = run_in_process(claim_stop_finish, database_url, job_id, told)
    os.waitpid(sleeper.pid, os.WUNTRACED)
    wait_until(lambda: reap(engine, MAX_ATTEMPTS) == Reaped(expired=1), 30, "its lease is over")
    other = claim(engine, job_id, "sentiment", "node/0", 30)
    assert other and other.fence == 2
    if finished_first:
        assert finish(engine, other, outcomes(engine, other, "OTHER"))
    before = snapshot(engine)
    os.kill(sleeper.pid, signal.SIGCONT)
    assert told.get(timeout=30) == (False, False)
    sleeper.join()
    assert snapshot(engine) == before
    assert finish(engine, other, outcomes(engine, other, "OTHER")) is not finished_first
    with reading(engine) as connection:
        labels = connection.execute(select(SentimentRow.label)).scalars().all()
    assert labels == ["OTHER", "OTHER"]


#: The clocks of Python are astray before anything is imported that could keep a reference to them.
ASTRAY = """
import datetime, json, sys, time
url, shift, free, held = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
real, real_ns, moment = time.time, time.time_ns, datetime.datetime
time.time = lambda: real() + shift
time.time_ns = lambda: real_ns() + int(shift * 1e9)
class Astray(moment):
    @classmethod
    def now(cls, tz=None):
        return moment.now(tz) + datetime.timedelta(seconds=shift)
    @classmethod
    def utcnow(cls):
        return moment.utcnow() + datetime.timedelta(seconds=shift)
datetime.datetime = Astray
from schema.database import open_engine
from schema.ledger.claim import claim
from schema.ledger.heartbeat import heartbeat
from schema.ledger.reap import reap
from schema.ledger.release import release
engine = open_engine(url)
expired = reap(engine, 3).expired
mine = claim(engine, free, "sentiment", "astray/0", 600)
alive = heartbeat(engine, mine, 600)
again = reap(engine, 3).expired
given_back = claim(engine, held, "sentiment", "astray/0", 600)
released = release(engine, given_back, 600)
late = claim(engine, held, "sentiment", "astray/0", 600) is None
print(json.dumps([time.time(), expired, alive, again, released, late]))
"""


@pytest.mark.parametrize("shift", [-86_400, 86_400])
def test_a_clock_that_is_a_day_off_moves_no_lease(
    engine: Engine, database_url: str, shift: int
) -> None:
    make_run(engine, ["text"] * 3, job_size=1)
    free, held, over = (job.id for job in jobs(engine))
    die(engine, over)
    ran = subprocess.run(
        [sys.executable, "-c", ASTRAY, database_url, str(shift), str(free), str(held)],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    clock, expired, alive, again, released, late = json.loads(ran.stdout)
    with reading(engine) as connection:
        rows = connection.execute(
            select(
                Job.state,
                -seconds_since(Job.lease_until),
                -seconds_since(Job.not_before),
                seconds_since(Job.started_at),
            ).order_by(Job.id)
        ).all()
    assert abs(clock - time.time() - shift) < 3600, "it was astray"
    assert (expired, alive, again, released, late) == (1, True, 0, True, True)
    running, waiting, freed = rows
    assert [row.state for row in rows] == ["running", "pending", "pending"]
    assert 0 < running[1] <= 600 and 0 < waiting[2] <= 600
    assert all(0 <= row[3] < 3600 for row in rows)


def test_a_job_whose_document_was_forgotten_is_dead_without_a_letter(engine: Engine) -> None:
    """A position may be empty: that must not keep the reaper from all other jobs."""
    make_run(engine, ["text"] * 2, job_size=1)
    with writing(engine) as connection:
        connection.execute(delete(RunDocument).where(RunDocument.position == 0))
    first, second = (job.id for job in jobs(engine))
    die(engine, first, second)
    assert reap(engine, max_attempts=1) == Reaped(expired=2, dead=2)
    assert [(job.state, job.failed) for job in jobs(engine)] == [("dead", 0), ("dead", 1)]
    with reading(engine) as connection:
        assert len(connection.execute(select(DeadLetter.document_id)).all()) == 1
