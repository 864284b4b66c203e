"""Patience with databases that really fail: full, cut off, deadlocked; not with what is wrong."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from schema.database import open_engine, reading, writing
from schema.ledger.claim import claim
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.results.outcome import Outcome
from schema.results.translation import Translation
from schema.tables import JobState
from tests.support.ledger import jobs, make_run
from workers.child.retry import ExponentialBackoff, NodeStopping, retry


def never(_seconds: float) -> bool:
    raise AssertionError("there was nothing to wait for")


def test_a_full_disk_is_waited_for(sqlite_engine: Engine) -> None:
    """SQLite's own limit on its pages stands for the disk: the error is the same one."""
    make_run(sqlite_engine, ["a"] * 50, ["translation"], job_size=50)
    claimed = claim(sqlite_engine, jobs(sqlite_engine)[0].id, "translation", "node/0", lease=30)
    assert claimed
    outcomes = [
        Outcome(int(one.id), [Translation("de", "x" * 5_000)], None)
        for one in read_documents(sqlite_engine, claimed)
    ]

    def limit(pages: int) -> None:
        with reading(sqlite_engine) as connection:
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    waits = []

    def mend(seconds: float) -> bool:
        waits.append(seconds)
        assert jobs(sqlite_engine)[0].state == JobState.RUNNING, "nothing is half written"
        limit(10**6)
        return False

    limit(1)  # SQLite makes it what the file has already.
    assert retry("job", lambda: finish(sqlite_engine, claimed, outcomes), mend)
    assert len(waits) == 1
    assert jobs(sqlite_engine)[0].state == JobState.DONE


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_is_made_again(engine: Engine, database_url: str) -> None:
    other = open_engine(database_url)
    tries: list[int] = []

    def cut_once() -> int:
        with writing(engine) as connection:
            if not tries:
                tries.append(1)
                pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
                with writing(other) as killer:
                    killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            return int(connection.execute(text("SELECT 42")).scalar_one())

    assert retry("job", cut_once, lambda _seconds: False) == 42
    other.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_loses_a_deadlock_tries_again(engine: Engine) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    first, second = (job.id for job in jobs(engine))
    both = threading.Barrier(2)
    survived = threading.Event()
    tries: list[int] = []

    def lock(one: int, other: int) -> None:
        def both_rows() -> None:
            tries.append(one)
            with writing(engine) as connection:
                statement = text("UPDATE jobs SET failed = failed + 1 WHERE id = :id")
                connection.execute(statement, {"id": one})
                if len(tries) <= 2:
                    both.wait(30)
                connection.execute(statement, {"id": other})

        # Whoever tries again before the other has woken up takes its row back: a second deadlock.
        retry("job", both_rows, lambda _seconds: not survived.wait(30))
        survived.set()

    threads = [
        threading.Thread(target=lock, args=pair) for pair in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tries) == 3, "one of the two was PostgreSQL's victim, once"
    assert [job.failed for job in jobs(engine)] == [2, 2]


def test_what_waiting_does_not_mend_is_raised_at_once(engine: Engine) -> None:
    def nonsense() -> None:
        with writing(engine) as connection:
            connection.execute(
                text("INSERT INTO run_documents (run_id, position, document_id) VALUES (1, 1, 1)")
            )

    with pytest.raises(IntegrityError):
        retry("job", nonsense, never)


def test_a_worker_told_to_end_waits_no_longer() -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/nowhere")

    def away() -> None:
        with reading(engine):
            pass

    waits: list[float] = []

    def third_time(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 3

    with pytest.raises(NodeStopping):
        retry("job", away, third_time)
    assert waits == [0.25, 0.5, 1.0]


def test_back_off_doubles_from_five_seconds_to_five_minutes() -> None:
    faults = ExponentialBackoff()
    assert not faults.reset()
    assert [faults.next_delay() for _ in range(9)] == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    for _ in range(5000):
        assert faults.next_delay() == 300
    assert faults.reset()
    assert faults.next_delay() == 5
