"""Delete: a run goes with all that is its own, whoever works on it, wherever it is broken off."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, event, func, insert, inspect, select

from schema.database import open_engine, reading, writing
from schema.ledger import delete as delete_module
from schema.ledger.begin import begin
from schema.ledger.claim import claim
from schema.ledger.delete import Deleted, begin_deletion, delete_run, find_deletable
from schema.ledger.dispatch import dispatch
from schema.ledger.finish import finish
from schema.ledger.forget import empty_log
from schema.ledger.heartbeat import heartbeat
from schema.ledger.reap import reap
from schema.ledger.release import release
from schema.ledger.replay import replay
from schema.tables import Base, DocumentRow, Job, Run, RunDocument
from schema.verification import verify, verify_runs
from tests.schema.ledger.test_forget import one_more_run
from tests.support.feedback import ALL, add_document
from tests.support.ledger import jobs, make_run
from tests.support.working import LEASE, claim_all, outcomes, work

pytestmark = pytest.mark.slow

_processes = multiprocessing.get_context("fork")
TEXTS = [f"text {number}" for number in range(7)]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that end within the rows of a document."""
    monkeypatch.setattr(delete_module, "DELETE_LIMIT", 7)


def delete_all(engine: Engine, run: int) -> Deleted:
    begin_deletion(engine, run)
    done = Deleted()
    for sofar in delete_run(engine, run):
        done = sofar
    return done


def count_rows(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
            # What is written down of rollups is no trace of a run.
            if name != "rollup_stale"
        }


def make_two(engine: Engine) -> tuple[int, int]:
    """Two runs that share five documents of seven, with results, dead letters and open jobs."""
    first = make_run(engine, TEXTS, ALL, 3, name="first")
    second = one_more_run(engine, first, "second")
    work(engine, first, {"text 1", "text 4"})
    work(engine, second, {"text 1"})
    assert replay(engine, first, "qa", job_size=8).total() == 2
    with writing(engine) as connection:
        # Two that the second run does not have.
        own = [add_document(connection, number, "own") for number in range(2)]
        places = [
            {"run_id": first, "position": 7 + number, "document_id": document}
            for number, document in enumerate(own)
        ]
        connection.execute(insert(RunDocument), places)
    return first, second


def test_all_that_is_its_own_goes_and_all_else_stays(engine: Engine) -> None:
    before = count_rows(engine)
    first = make_run(engine, TEXTS, ALL, 3, name="first")
    second = one_more_run(engine, first, "second")
    work(engine, first, {"text 1"})
    alone = Counter(count_rows(engine)) - Counter({"runs": 1, "run_documents": 7, "jobs": 15})
    work(engine, second, {"text 2"})
    found = find_deletable(engine, second)
    done = delete_all(engine, second)
    assert (done.documents, done.rows) == (found.documents, found.rows)
    assert done.documents == 0
    assert (done.rows["run_documents"], done.rows["entities"], done.rows["jobs"]) == (7, 12, 15)
    assert done.rows["dead_letters"] == 5
    assert Counter(count_rows(engine)) == alone
    assert verify(engine) == []
    found = find_deletable(engine, first)
    done = delete_all(engine, first)
    assert (done.documents, done.rows) == (found.documents, found.rows)
    assert done.documents == 7
    assert count_rows(engine) == before
    assert list(delete_run(engine, first)) == []


def test_it_may_be_broken_off_anywhere(engine: Engine) -> None:
    """After each transaction in turn: what is left is left out by all, and goes the next time."""
    first, second = make_two(engine)
    begin_deletion(engine, first)
    steps = 0
    while steps < 1_000:
        deletion = delete_run(engine, first)
        assert isinstance(deletion, Generator)
        if not next(deletion).rows.total() and not any(one.rows.total() for one in deletion):
            break
        deletion.close()
        steps += 1
        found = [(books.run.name, books.violations) for books in verify_runs(engine)]
        assert found == [("second", ())]
        assert claim_all(engine, first) == []
    assert 5 < steps < 1_000
    with reading(engine) as connection:
        assert connection.execute(select(Run.id)).scalars().all() == [second]
    assert verify(engine) == []


def _delete_until(url: str, run: int, statements: int) -> None:
    """Delete, and be killed before the given statement or commit is sent."""
    left = iter(range(statements))

    def count(*_arguments: object, **_options: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = open_engine(url)
    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    delete_all(engine, run)


def test_killed_several_times_it_ends_all_the_same(engine: Engine, database_url: str) -> None:
    first, second = make_two(engine)
    for statements in range(3, 400, 9):
        process = _processes.Process(target=_delete_until, args=(database_url, first, statements))
        process.start()
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        assert verify(engine, second) == []
    assert process.exitcode == 0
    assert statements > 30
    assert verify(engine) == []
    assert find_deletable(engine, first).rows.total() == 0
    with reading(engine) as connection:
        assert connection.execute(select(func.count(DocumentRow.id))).scalar_one() == 7


@pytest.mark.parametrize("ahead", [False, True])
def test_a_worker_that_holds_a_claim_finishes_nothing(engine: Engine, ahead: bool) -> None:
    run = make_run(engine, ["a", "b"], job_size=2)
    (job,) = jobs(engine, run)
    held = claim(engine, job.id, "sentiment", "node/0", LEASE, ahead=ahead)
    assert held
    made = outcomes(engine, held)

    def tries() -> list[bool]:
        return [
            heartbeat(engine, held, LEASE),
            begin(engine, held) is not None,
            finish(engine, held, made),
            release(engine, held),
        ]

    begin_deletion(engine, run)
    assert not any(tries())
    *_, done = delete_run(engine, run)
    assert (done.rows["sentiments"], done.documents) == (0, 2)
    assert not any(tries())
    assert reap(engine, 3).expired == 0
    # Another run of the same size, claimed by somebody else: ids are not given again.
    other = make_run(engine, ["c", "d"], job_size=2)
    (theirs,) = claim_all(engine, other)
    assert theirs.job_id != held.job_id
    assert theirs.fence == held.fence
    assert not any(tries())
    assert finish(engine, theirs, outcomes(engine, theirs))
    assert verify(engine) == []


def test_a_worker_that_finished_first_is_waited_for(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"], job_size=1)
    first, second = claim_all(engine, run)
    assert finish(engine, first, outcomes(engine, first))
    done = delete_all(engine, run)
    assert done.rows["sentiments"] == 1
    assert not finish(engine, second, [])
    assert set(count_rows(engine).values()) == {0}


def test_messages_and_dead_letters_of_it_are_not_sent_again(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"], job_size=1)
    job, _ = jobs(engine, run)
    work_done = claim(engine, job.id, "sentiment", "node/0", LEASE)
    assert work_done
    assert finish(engine, work_done, outcomes(engine, work_done, {"a"}))
    begin_deletion(engine, run)
    assert dispatch(engine, lambda _analysis, _jobs, *, urgent: None, "sentiment", 10) == 0
    assert replay(engine, run, job_size=8).total() == 0
    assert claim(engine, job.id, "sentiment", "node/0", LEASE) is None


def test_two_at_once_take_turns(engine: Engine) -> None:
    first, _ = make_two(engine)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            delete_all(engine, first)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert verify(engine) == []
    with reading(engine) as connection:
        assert connection.execute(select(func.count(Run.id))).scalar_one() == 1
        assert connection.execute(select(func.count(DocumentRow.id))).scalar_one() == 7


def test_workers_of_other_runs_go_on_meanwhile(engine: Engine) -> None:
    """Between any two transactions they finish jobs of documents that both runs have."""
    first, second = make_two(engine)
    replay(engine, second, job_size=1)
    claims = claim_all(engine, second)
    assert claims
    begin_deletion(engine, first)
    for _ in delete_run(engine, first):
        if claims:
            one = claims.pop()
            assert finish(engine, one, outcomes(engine, one))
    assert claims == []
    assert verify(engine) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_document_that_another_run_takes_meanwhile_stays(engine: Engine) -> None:
    run = make_run(engine, ["a"])
    other = make_run(engine, [], name="other")
    others = open_engine(engine.url.render_as_string(hide_password=False))
    joined = []

    def join(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM document_versions" in statement and "FOR UPDATE" in statement:
            with writing(others) as connection:
                found = connection.execute(select(DocumentRow.id)).scalar_one()
                place = {"run_id": other, "position": 0, "document_id": found}
                connection.execute(insert(RunDocument).values(place))
            joined.append(found)

    event.listen(engine, "before_cursor_execute", join)
    try:
        assert delete_all(engine, run).documents == 0
    finally:
        event.remove(engine, "before_cursor_execute", join)
        others.dispose()
    with reading(engine) as connection:
        assert list(connection.execute(select(DocumentRow.id)).scalars()) == joined


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_texts_are_gone_from_the_files(engine: Engine) -> None:
    marker = "the customer's own words"
    run = make_run(engine, [f"{marker} {number}" for number in range(9)], ALL, 2)
    work(engine, run)
    delete_all(engine, run)
    assert empty_log(engine)
    path = Path(str(engine.url.database))
    assert marker.encode() not in path.read_bytes()
    assert marker.encode() not in path.with_name(path.name + "-wal").read_bytes()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_job_gets_the_id_of_a_deleted_one_after_the_migration(engine: Engine) -> None:
    run = make_run(engine, ["a"])
    newest = max(job.id for job in jobs(engine, run))
    delete_all(engine, run)
    assert min(job.id for job in jobs(engine, make_run(engine, ["b"]))) > newest
    table = inspect(Job).local_table
    assert isinstance(table, Table) and table.dialect_options["sqlite"]["autoincrement"]
