"""Forget: every trace of a customer goes, and everything else stays and adds up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, text, update

from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger import forget as forget_module
from schema.ledger.finish import finish
from schema.ledger.forget import Forgotten, Which, empty_log, find_forgettable, forget
from schema.ledger.reap import reap
from schema.ledger.replay import replay
from schema.ledger.write import write_outcomes
from schema.tables import DocumentRow, Job, JobState, Run, RunDocument
from schema.verification import verify
from tests.support.feedback import ALL
from tests.support.ledger import jobs, make_run
from tests.support.working import claim_all, outcomes, work

MARKER = "the customer's own words, which nobody may find again"


def forget_all(engine: Engine, which: Which) -> Forgotten:
    done = Forgotten()
    for sofar in forget(engine, which):
        done = sofar
    return done


def ids(engine: Engine, which: Which) -> list[int]:
    conditions = which.conditions(engine.dialect.name)
    with reading(engine) as connection:
        return list(connection.execute(select(DocumentRow.id).where(*conditions)).scalars())


def one_more_run(engine: Engine, first: int, name: str) -> int:
    """A run of the same documents."""
    second = make_run(engine, [], ALL, name=name)
    with writing(engine) as connection:
        connection.execute(
            insert(RunDocument).from_select(
                ["run_id", "position", "document_id"],
                select(text(str(second)), RunDocument.position, RunDocument.document_id).where(
                    RunDocument.run_id == first
                ),
            )
        )
        columns = ("analysis", "first_position", "end_position", "state", "attempts", "fence")
        of_first = [getattr(Job, name) for name in columns]
        connection.execute(
            insert(Job).from_select(
                ["run_id", *columns, "failed"],
                select(text(str(second)), *of_first, text("0")).where(Job.run_id == first),
            )
        )
        size = select(func.count()).where(RunDocument.run_id == first).scalar_subquery()
        connection.execute(update(Run).where(Run.id == second).values(read=size, stored=size))
    return second


def test_all_traces_go_and_all_else_stays(engine: Engine) -> None:
    texts = [f"text {number}" for number in range(7)]
    texts[2] = texts[5] = MARKER
    first = make_run(engine, texts, ALL, 3)
    second = one_more_run(engine, first, "second")
    work(engine, first, {"text 0"})
    work(engine, second, {MARKER, "text 1"})
    with writing(engine) as connection:
        marked = DocumentRow.text == MARKER
        connection.execute(update(DocumentRow).where(marked).values(extra={"customer": "4711"}))
    which = Which("customer", "4711")
    expected = {
        "languages": 0,
        "sentiments": 2,
        "entities": 4,
        "answers": 2,
        "summaries": 2,
        "translations": 2,
        "embeddings": 0,
        "intents": 0,
        "replies": 0,
        "classifications": 0,
        "empty_results": 0,
        "dead_letters": 10,
        "abstentions": 0,
        "run_documents": 4,
    }
    found = find_forgettable(engine, which)
    assert (found.documents, dict(found.rows)) == (2, expected)
    done = forget_all(engine, which)
    assert (done.documents, dict(done.rows)) == (2, expected)
    assert verify(engine) == []
    with reading(engine) as connection:
        runs = connection.execute(select(Run.stored, Run.forgotten).order_by(Run.id)).all()
    assert runs == [(7, 2), (7, 2)]
    assert {job.failed for job in jobs(engine, first)} == {0, 1}
    assert sum(job.failed for job in jobs(engine, second)) == 5
    assert find_forgettable(engine, which).documents == 0
    assert forget_all(engine, which).documents == 0
    # What is left can be replayed as ever.
    assert replay(engine, second, job_size=64).total() == 5
    assert work(engine, second) == 5
    assert verify(engine) == []


def test_which_documents(engine: Engine) -> None:
    run = make_run(engine, ["a", "b", "c", "d"])
    with writing(engine) as connection:
        for number, extra in enumerate(
            (
                {"customer": "4711", 'a"b': "x", "vip": True, "deep": {"customer": "9"}},
                {"customer": 4711, "$.customer": "no", "vip": False, "vat": 1.5},
                {"customer": None, "name": "4711"},
                {},
            ),
            1,
        ):
            values = {"extra": extra, "source": f"source {number}", "product": "Mug"}
            where = DocumentRow.id == number
            connection.execute(update(DocumentRow).where(where).values(values))
    for which, expected in (
        (Which("customer", "4711"), [1, 2]),
        (Which("customer", "4711", "source 2"), [2]),
        (Which("customer", "9"), []),
        (Which('a"b', "x"), [1]),
        (Which("$.customer", "no"), [2]),
        (Which("$.customer", "4711"), []),
        (Which("vip", "true"), [1]),
        (Which("vip", "false"), [2]),
        (Which("vat", "1.5"), [2]),
        (Which("customer", "' OR 1=1 --"), []),
        (Which("customer' OR 1=1 --", "x"), []),
        (Which("external_id", "0"), [1]),
        (Which("source", "source 3"), [3]),
        (Which("product", "Mug", "source 4"), [4]),
        (Which("text", "a"), []),
        (Which("metadata", "a"), []),
    ):
        assert ids(engine, which) == expected, which
    assert verify(engine, run) == []


def test_a_worker_that_holds_the_document_finishes_the_rest(engine: Engine) -> None:
    run = make_run(engine, ["a", MARKER, "c", "bad"], job_size=4)
    (claimed,) = claim_all(engine, run)
    made = outcomes(engine, claimed, {MARKER, "bad"})
    forget_all(engine, Which("external_id", "1"))
    assert verify(engine) == []
    assert finish(engine, claimed, made)
    (job,) = jobs(engine, run)
    assert (job.state, job.failed) == (JobState.DONE, 1)
    assert verify(engine) == []


def test_a_job_of_nothing_is_done_or_dead_like_any_other(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"], job_size=1)
    (_, claimed) = claim_all(engine, run)
    for number in ("0", "1"):
        forget_all(engine, Which("external_id", number))
    assert outcomes(engine, claimed) == []
    assert finish(engine, claimed, [])
    with writing(engine) as connection:
        running = Job.state == JobState.RUNNING
        connection.execute(update(Job).where(running).values(lease_until=after(-1), attempts=3))
    reap(engine, 3)
    assert [job.state for job in jobs(engine)] == [JobState.DEAD, JobState.DONE]
    assert verify(engine) == []


def test_finish_and_forget_at_once_leave_nothing_behind(engine: Engine) -> None:
    """Whoever comes first, the other waits for it, and no row refers to what is gone."""
    texts = [f"text {number}" for number in range(40)]
    run = make_run(engine, texts, ("sentiment", "entities"), job_size=8)
    claims = claim_all(engine, run)
    made = [outcomes(engine, claimed, {"text 3", "text 12"}) for claimed in claims]
    start = threading.Barrier(2)
    finished: list[bool] = []

    def finisher() -> None:
        start.wait()
        for claimed, results in zip(claims, made, strict=True):
            finished.append(finish(engine, claimed, results))

    thread = threading.Thread(target=finisher)
    thread.start()
    start.wait()
    for number in range(0, 40, 3):
        forget_all(engine, Which("external_id", str(number)))
    thread.join()
    assert finished == [True] * len(claims)
    assert verify(engine) == []
    with reading(engine) as connection:
        assert connection.execute(select(Run.forgotten)).scalar_one() == 14


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_forget_waits_for_a_worker_that_is_writing(engine: Engine) -> None:
    run = make_run(engine, ["a", MARKER], job_size=2)
    (claimed,) = claim_all(engine, run)
    made = outcomes(engine, claimed)
    done: list[Forgotten] = []
    which = Which("external_id", "1")
    thread = threading.Thread(target=lambda: done.append(forget_all(engine, which)))
    with writing(engine) as connection:
        write_outcomes(connection, claimed, made)
        thread.start()
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        while True:
            with reading(engine) as other:
                if other.execute(waiting).scalar_one():
                    break
        assert not done
    thread.join()
    assert done[0].rows["sentiments"] == 1
    assert find_forgettable(engine, Which("external_id", "0")).rows["sentiments"] == 1


def test_many_documents_go_block_by_block(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget_module, "FORGET_LIMIT", 4)
    run = make_run(engine, ["a"] * 10, ALL, 3)
    work(engine, run)
    steps = [done.documents for done in forget(engine, Which("source", "run"))]
    assert steps[-1] == 10
    assert len(steps) == 3
    assert verify(engine) == []


def test_nothing_is_left_in_the_files_of_sqlite(sqlite_engine: Engine, tmp_path: Path) -> None:
    texts = [
        f"{MARKER} {number} " * 40 if number % 3 else f"text {number}" for number in range(300)
    ]
    run = make_run(sqlite_engine, texts, ALL, 16)
    work(sqlite_engine, run, {texts[1]})
    with writing(sqlite_engine) as connection:
        marked = DocumentRow.text.contains(MARKER)
        values = {"extra": {"customer": "4711"}}
        connection.execute(update(DocumentRow).where(marked).values(values))

    def found() -> set[str]:
        return {
            path.name
            for path in tmp_path.rglob("triage.db*")
            if MARKER.encode() in path.read_bytes()
        }

    assert found()
    assert forget_all(sqlite_engine, Which("customer", "4711")).documents == 200
    assert empty_log(sqlite_engine)
    assert found() == set()
    assert verify(sqlite_engine) == []
    with reading(sqlite_engine) as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_a_reader_keeps_the_log(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget_module, "LOG_PATIENCE", 1)
    make_run(sqlite_engine, [MARKER])
    with reading(sqlite_engine) as reader:
        reader.execute(select(DocumentRow.id)).all()
        forget_all(sqlite_engine, Which("external_id", "0"))
        assert not empty_log(sqlite_engine)
    assert empty_log(sqlite_engine)
