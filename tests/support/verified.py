"""A run with everything in it that verification looks at, and ways to break it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from schema.database import writing
from schema.database.clock import after, now
from schema.options import RunOptions
from schema.results import result_table
from schema.results.entity import EntityRow
from schema.tables import DeadLetter, Job, JobState
from schema.verification import verify
from tests.support.feedback import ALL, add_model, add_result
from tests.support.ledger import make_run

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


def make_full_run(engine: Engine) -> int:
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
            connection.execute(update(table).values(model_id=model))
            for document in (4, 13):
                add_letter(connection, run, analysis, document)
        # A document that names nothing has no entities, and is done all the same.
        connection.execute(delete(EntityRow).where(EntityRow.document_id == 2))
    return run


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
Case = tuple[Break, str | None, str, int | None, tuple[int, ...]]


def check_named(engine: Engine, run: int, cases: Mapping[str, Case]) -> None:
    """What each case breaks is named by verification, and just there."""
    for name, (act, analysis, words, position, documents) in cases.items():
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
