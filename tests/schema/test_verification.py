"""Verification: a clean run passes, and whatever is broken is named, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from schema.database import reading, writing
from schema.ledger.clock import after, now
from schema.options import RunOptions
from schema.results import result_table
from schema.results.answer import AnswerRow
from schema.results.entity import EntityRow
from schema.results.sentiment import SentimentRow
from schema.tables import DeadLetter, Job, JobState, Run, RunDocument
from schema.verification import Violation, verify, verify_runs
from tests.feedback import ALL, add_document, add_model, add_result
from tests.ledger import make_run

QUESTIONS = ("What is broken?", "What does the customer want?")
#: What a row of each analysis has further to what `add_result` gives.
VALUES = {
    "sentiment": {"label": "POSITIVE"},
    "entities": {"type": "ORG", "text": "MARKER"},
    "summary": {"summary": "MARKER"},
    "translation": {"language": "de", "translation": "MARKER"},
}
#: Jobs of two documents: positions 0 and 1 are done, 2 and 3 done with one dead letter each, 4 and
#: 5 are pending, 6 and 7 running, and so on; the last job has one document and is dead.
STATES = (
    JobState.DONE,
    JobState.DONE,
    JobState.PENDING,
    JobState.RUNNING,
    JobState.QUEUED,
    JobState.CANCELLED,
    JobState.DEAD,
)


def add_outcome(connection: Connection, run: int, analysis: str, document: int) -> None:
    if analysis == "qa":
        for ordinal, question in enumerate(QUESTIONS):
            values = {"ordinal": ordinal, "question": question, "answer": "MARKER"}
            add_result(connection, analysis, run, document, **values)
    elif analysis == "entities":
        for ordinal in range(3):
            add_result(connection, analysis, run, document, ordinal=ordinal, **VALUES[analysis])
    else:
        add_result(connection, analysis, run, document, **VALUES[analysis])


def add_letter(connection: Connection, run: int, analysis: str, document: int) -> None:
    row = {"run_id": run, "analysis": analysis, "document_id": document, "attempts": 1}
    said = {"error_class": "ValueError", "message": "no", "failed_at": now()}
    connection.execute(insert(DeadLetter).values(row | said))


def job_at(connection: Connection, run: int, analysis: str, position: int) -> int:
    of = (Job.run_id == run, Job.analysis == analysis)
    at = (Job.first_position <= position, Job.end_position > position)
    return connection.execute(select(Job.id).where(*of, *at)).scalar_one()


@pytest.fixture
def run(engine: Engine) -> int:
    """A run of all analyses with jobs in every state; document ids are positions + 1."""
    texts = [f"MARKER {number}" for number in range(13)]
    run = make_run(engine, texts, ALL, 2, options=RunOptions(questions=QUESTIONS))
    with writing(engine) as connection:
        for analysis in ALL:
            model = add_model(connection, run, analysis, "model")
            for place, state in enumerate(STATES):
                held = {"worker": "node/0", "lease_until": after(30)}
                failed = 1 if place in (1, 6) else 0
                values = {"state": state, "failed": failed}
                job = job_at(connection, run, analysis, 2 * place)
                connection.execute(
                    update(Job)
                    .where(Job.id == job)
                    .values(values | (held if state == JobState.RUNNING else {}))
                )
            for document in (1, 2, 3):
                add_outcome(connection, run, analysis, document)
            table = result_table(analysis)
            connection.execute(update(table).values(model_id=model))  # type: ignore[arg-type]
            for document in (4, 13):
                add_letter(connection, run, analysis, document)
        # A document that names nothing has no entities, and is done all the same.
        connection.execute(delete(EntityRow).where(EntityRow.document_id == 2))
    return run


def test_a_clean_run_passes(engine: Engine, run: int) -> None:
    assert verify(engine) == verify(engine, run) == []
    with reading(engine) as connection:
        assert verify(connection, run) == []
    (books,) = verify_runs(engine, run)
    one_each = dict.fromkeys(("pending", "queued", "running", "cancelled"), 2)
    totals = {"done": 3, "dead": 2, **one_each}
    assert books.analyses == dict.fromkeys(ALL, totals)


def test_runs_in_the_making_pass(engine: Engine) -> None:
    assert verify(engine) == []
    make_run(engine, [], ALL)
    make_run(engine, ["a"] * 7, ["summary"], 3, name="new")
    with writing(engine) as connection:
        connection.execute(update(Run).values(state="ingesting", ingested_at=None))
    assert verify(engine) == []


Break = Callable[[Connection, int], object]


def sql(statement: str) -> Break:
    return lambda connection, run: connection.execute(
        text(statement), {"run": run} if ":run" in statement else {}
    )


def of(analysis: str, position: int) -> str:
    return (
        f"run_id = :run AND analysis = '{analysis}' AND first_position <= {position} "
        f"AND end_position > {position}"
    )


#: What is broken, on which analysis the check must point, its words, the job (by a position in it),
#: and the documents.
BREAKS: dict[str, tuple[Break, str | None, str, int | None, tuple[int, ...]]] = {
    "read": (
        sql('UPDATE runs SET "read" = 14'),
        None,
        "read 14 is not stored 13 + duplicate 0 + rejected 0",
        None,
        (),
    ),
    "stored": (
        sql('UPDATE runs SET stored = 14, "read" = 14'),
        None,
        "stored 14 is not 13 documents + 0 forgotten",
        None,
        (),
    ),
    "forgotten": (
        sql("UPDATE runs SET forgotten = 1"),
        None,
        "stored 13 is not 13 documents + 1 forgotten",
        None,
        (),
    ),
    "position": (
        sql("UPDATE run_documents SET position = 99 WHERE position = 5"),
        None,
        "position outside of the stored documents",
        None,
        (6,),
    ),
    "gap": (
        sql(f"UPDATE jobs SET first_position = 5 WHERE {of('qa', 4)}"),
        "qa",
        "job slice that leaves a gap before it",
        5,
        (),
    ),
    "overlap": (
        sql(f"UPDATE jobs SET end_position = 7 WHERE {of('qa', 4)}"),
        "qa",
        "job slice that overlaps the one before it",
        7,
        (),
    ),
    "empty slice": (
        sql(f"UPDATE jobs SET end_position = first_position WHERE {of('qa', 4)}"),
        "qa",
        "job slice that ends before it begins",
        None,
        (),
    ),
    "last slice gone": (
        sql(f"DELETE FROM jobs WHERE {of('summary', 12)}"),
        "summary",
        "job slices end at 12, not at stored 13",
        None,
        (),
    ),
    "dead letter without a job": (
        sql(f"DELETE FROM jobs WHERE {of('summary', 12)}"),
        "summary",
        "dead letter without a job",
        None,
        (13,),
    ),
    "result without a job": (
        sql(f"DELETE FROM jobs WHERE {of('entities', 2)}"),
        "entities",
        "result without a job",
        None,
        (3,),
    ),
    "state": (
        sql(f"UPDATE jobs SET state = 'asleep' WHERE {of('qa', 4)}"),
        "qa",
        "job in an unknown state",
        4,
        (),
    ),
    "lease": (
        sql(f"UPDATE jobs SET lease_until = NULL WHERE {of('qa', 6)}"),
        "qa",
        "running job without a lease",
        6,
        (),
    ),
    "worker": (
        sql(f"UPDATE jobs SET worker = NULL WHERE {of('qa', 6)}"),
        "qa",
        "running job without a worker",
        6,
        (),
    ),
    "attempts": (
        sql(f"UPDATE jobs SET attempts = -1 WHERE {of('qa', 6)}"),
        "qa",
        "job with negative attempts",
        6,
        (),
    ),
    "failed, done": (
        sql(f"UPDATE jobs SET failed = 2 WHERE {of('qa', 2)}"),
        "qa",
        "jobs.failed is not the number of dead letters",
        2,
        (),
    ),
    "failed, dead": (
        sql(f"UPDATE jobs SET failed = 0 WHERE {of('qa', 12)}"),
        "qa",
        "jobs.failed is not the number of dead letters",
        12,
        (),
    ),
    "unknown analysis of a job": (
        sql(f"UPDATE jobs SET analysis = 'mood' WHERE {of('qa', 4)}"),
        None,
        "job of an unknown analysis",
        4,
        (),
    ),
    "unknown analysis of a dead letter": (
        sql("UPDATE dead_letters SET analysis = 'mood' WHERE analysis = 'qa' AND document_id = 4"),
        None,
        "dead letter of an unknown analysis",
        None,
        (4,),
    ),
    "analysis that the run does not have": (
        lambda connection, run: connection.execute(update(Run).values(analyses=["sentiment"])),
        "summary",
        "job slices end at 13, not at stored 0",
        None,
        (),
    ),
    "entity hole": (
        sql("DELETE FROM entities WHERE document_id = 1 AND ordinal = 1"),
        "entities",
        "result rows that are not numbered 0, 1, …",
        None,
        (1,),
    ),
    "first entity gone": (
        sql("DELETE FROM entities WHERE document_id = 1 AND ordinal = 0"),
        "entities",
        "result rows that are not numbered 0, 1, …",
        None,
        (1,),
    ),
    "answer gone": (
        sql("DELETE FROM answers WHERE document_id = 1 AND ordinal = 1"),
        "qa",
        "not one answer for each question",
        None,
        (1,),
    ),
    "another question": (
        sql("UPDATE answers SET question = 'Why?' WHERE document_id = 1 AND ordinal = 1"),
        "qa",
        "answer to another question than the run's",
        None,
        (1,),
    ),
    "a question too many": (
        lambda connection, run: add_result(
            connection, "qa", run, 3, ordinal=2, question="Why?", answer=""
        ),
        "qa",
        "not one answer for each question",
        None,
        (3,),
    ),
}
for analysis in ALL:
    TABLE = result_table(analysis).__tablename__  # type: ignore[attr-defined]
    if analysis != "entities":
        BREAKS[f"result gone, {analysis}"] = (
            sql(f"DELETE FROM {TABLE} WHERE document_id = 2"),
            analysis,
            "done, but without an outcome",
            1,
            (2,),
        )
        BREAKS[f"dead letter gone, {analysis}"] = (
            sql(f"DELETE FROM dead_letters WHERE analysis = '{analysis}' AND document_id = 4"),
            analysis,
            "done, but without an outcome",
            3,
            (4,),
        )

    def added(place: int, name: str = analysis) -> Break:
        return lambda connection, run: add_outcome(connection, run, name, place)

    def lettered(place: int, name: str = analysis) -> Break:
        return lambda connection, run: add_letter(connection, run, name, place)

    both = "both a result and a dead letter"
    BREAKS[f"both, {analysis}"] = (added(4), analysis, both, 3, (4,))
    BREAKS[f"both, the other way, {analysis}"] = (lettered(3), analysis, both, 2, (3,))
    BREAKS[f"dead with a result, {analysis}"] = (
        added(13),
        analysis,
        "dead, but with a result",
        12,
        (13,),
    )
    BREAKS[f"dead without a letter, {analysis}"] = (
        sql(f"DELETE FROM dead_letters WHERE analysis = '{analysis}' AND document_id = 13"),
        analysis,
        "dead, but without a dead letter",
        12,
        (13,),
    )
    for place, state in enumerate(STATES):
        if state not in (JobState.DONE, JobState.DEAD):
            number = 2 * place + 1
            BREAKS[f"{state} with a result, {analysis}"] = (
                added(number),
                analysis,
                f"{state}, but with a result",
                2 * place,
                (number,),
            )
            BREAKS[f"{state} with a dead letter, {analysis}"] = (
                lettered(number),
                analysis,
                f"{state}, but with a dead letter",
                2 * place,
                (number,),
            )

    def strange(name: str = analysis) -> Break:
        def act(connection: Connection, run: int) -> None:
            add_outcome(connection, run, name, add_document(connection, 99, "MARKER", id=99))

        return act

    BREAKS[f"result of a strange document, {analysis}"] = (
        strange(),
        analysis,
        "result of a document that is not in the run",
        None,
        (99,),
    )

    def model(name: str = analysis) -> Break:
        def act(connection: Connection, run: int) -> None:
            other = add_model(connection, run, "qa" if name == "summary" else "summary", "other")
            table = result_table(name)
            connection.execute(
                update(table)  # type: ignore[arg-type]
                .where(table.document_id == 3)
                .values(model_id=other)
            )

        return act

    BREAKS[f"model of another analysis, {analysis}"] = (
        model(),
        analysis,
        "result of a model that is not of this run and analysis",
        None,
        (3,),
    )


def test_what_is_broken_is_named(engine: Engine, run: int) -> None:
    for name, (act, analysis, words, position, documents) in BREAKS.items():
        with engine.connect() as connection:
            jobs = (
                set() if position is None else {job_at(connection, run, analysis or "qa", position)}
            )
            act(connection, run)
            found = verify(connection, run)
            connection.rollback()
        named = [one for one in found if (one.check, one.analysis) == (words, analysis)]
        assert len(named) == 1, f"{name}: {found}"
        assert (set(named[0].jobs) >= jobs, named[0].documents) == (True, documents), name
        assert "MARKER" not in str(found) + "".join(map(str, found))
    assert verify(engine) == []


def test_a_dead_letter_of_a_strange_document_or_model(engine: Engine, run: int) -> None:
    with writing(engine) as connection:
        add_letter(connection, run, "sentiment", add_document(connection, 99, "MARKER", id=99))
        other = add_model(connection, run, "summary", "other")
        letter = (DeadLetter.analysis == "qa", DeadLetter.document_id == 4)
        connection.execute(update(DeadLetter).where(*letter).values(model_id=other))
    assert verify(engine) == [
        Violation(
            "run",
            "sentiment",
            "dead letter of a document that is not in the run",
            documents=(99,),
        ),
        Violation(
            "run",
            "qa",
            "dead letter of a model that is not of this run and analysis",
            documents=(4,),
        ),
    ]


def test_only_one_run_is_asked_for(engine: Engine, run: int) -> None:
    other = make_run(engine, ["a"], name="other")
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.run_id == other).values(state=JobState.DONE))
    assert verify(engine, run) == []
    assert [one.run for one in verify(engine)] == ["other"]


def test_many_rows_are_counted_and_ten_named(engine: Engine) -> None:
    run = make_run(engine, ["a"] * 30, job_size=30)
    with writing(engine) as connection:
        connection.execute(update(Job).values(state=JobState.DONE))
    (found,) = verify(engine, run)
    assert found.documents == tuple(range(1, 11))
    assert found.more == 20
    (job,) = found.jobs
    assert str(found) == (
        f"run run, sentiment: done, but without an outcome: job {job}; "
        "documents 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 20 more rows"
    )


def test_it_sees_one_moment(engine: Engine) -> None:
    """What others write while it looks does not look like a fault."""
    first = make_run(engine, ["a"], name="first")
    make_run(engine, ["b"], name="second")
    books = verify_runs(engine)
    assert next(books).violations == ()
    with writing(engine) as connection:
        connection.execute(delete(Job).where(Job.run_id != first))
        connection.execute(delete(RunDocument).where(RunDocument.run_id != first))
        connection.execute(delete(SentimentRow))
        connection.execute(delete(AnswerRow))
    assert next(books).violations == ()
    assert [one.run for one in verify(engine)] == ["second"] * 2
