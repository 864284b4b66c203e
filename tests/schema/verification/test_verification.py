"""Verification: a clean run passes, and whatever is broken is named, on both databases.

Broken counts and jobs are in `test_verification_books`, broken outcomes in
`test_verification_outcomes`.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, delete, update

from schema.database import reading, writing
from schema.results.answer import AnswerRow
from schema.results.sentiment import SentimentRow
from schema.tables import DeadLetter, Job, JobState, Run, RunDocument
from schema.verification import ABSTAINED, Violation, verify, verify_runs
from tests.support.feedback import ALL, add_document, add_model
from tests.support.ledger import make_run
from tests.support.verified import add_letter, make_full_run


@pytest.fixture
def run(engine: Engine) -> int:
    return make_full_run(engine)


def test_a_clean_run_passes(engine: Engine, run: int) -> None:
    assert verify(engine) == verify(engine, run) == []
    with reading(engine) as connection:
        assert verify(connection, run) == []
    (books,) = verify_runs(engine, run)
    one_each = dict.fromkeys(("pending", "queued", "running", "cancelled"), 2)
    totals = {"done": 3, "dead": 2, "blocked": 0, ABSTAINED: 0, **one_each}
    assert books.analyses == dict.fromkeys(ALL, totals)


def test_runs_in_the_making_pass(engine: Engine) -> None:
    assert verify(engine) == []
    make_run(engine, [], ALL)
    make_run(engine, ["a"] * 7, ["summary"], 3, name="new")
    with writing(engine) as connection:
        connection.execute(update(Run).values(state="ingesting", ingested_at=None))
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
