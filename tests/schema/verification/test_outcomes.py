"""Verification of outcomes: one for each document of a job that is done, none of any other, and of
each a whole one.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, update

from schema.results import result_table
from schema.tables import JobState, Run
from schema.verification import ABSTAINED, verify_runs
from tests.support.feedback import ALL, add_document, add_model, add_result
from tests.support.verified import (
    STATES,
    Break,
    Case,
    add_letter,
    add_outcome,
    check_named,
    make_full_run,
    sql,
)

pytestmark = pytest.mark.slow

BREAKS: dict[str, Case] = {
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
    "nothing and something": (
        sql(
            "INSERT INTO empty_results (run_id, analysis, document_id) VALUES (:run, 'entities', 1)"
        ),
        "entities",
        "both an empty result and a result",
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


def added(analysis: str, document: int) -> Break:
    return lambda connection, run: add_outcome(connection, run, analysis, document)


def lettered(analysis: str, document: int) -> Break:
    return lambda connection, run: add_letter(connection, run, analysis, document)


def strange(analysis: str) -> Break:
    def act(connection: Connection, run: int) -> None:
        add_outcome(connection, run, analysis, add_document(connection, 99, "MARKER", id=99))

    return act


def other_model(analysis: str) -> Break:
    def act(connection: Connection, run: int) -> None:
        other = add_model(connection, run, "qa" if analysis == "summary" else "summary", "other")
        table = result_table(analysis)
        connection.execute(update(table).where(table.document_id == 3).values(model_id=other))

    return act


def gone(analysis: str) -> dict[str, Case]:
    """An outcome of a job that is done or dead."""
    letter = f"DELETE FROM dead_letters WHERE analysis = '{analysis}' AND document_id = "
    dead = sql(f"{letter} 13"), analysis, "dead, but without a dead letter", 12, (13,)
    if analysis == "entities":
        # A document may well name nothing.
        return {"dead without a letter": dead}
    table = result_table(analysis).__tablename__  # type: ignore[attr-defined]
    result = sql(f"DELETE FROM {table} WHERE document_id = 2")
    without = "done, but without an outcome"
    return {
        "dead without a letter": dead,
        "result gone": (result, analysis, without, 1, (2,)),
        "dead letter gone": (sql(f"{letter} 4"), analysis, without, 3, (4,)),
    }


def too_many(analysis: str) -> dict[str, Case]:
    """An outcome beside another, or of a job that is neither done nor dead."""
    both = "both a result and a dead letter"
    dead = "dead, but with a result"
    cases: dict[str, Case] = {
        "both": (added(analysis, 4), analysis, both, 3, (4,)),
        "both, the other way": (lettered(analysis, 3), analysis, both, 2, (3,)),
        "dead with a result": (added(analysis, 13), analysis, dead, 12, (13,)),
    }
    for place, state in enumerate(STATES):
        if state not in (JobState.DONE, JobState.DEAD):
            first, number = 2 * place, 2 * place + 1
            for act, what in ((added, "a result"), (lettered, "a dead letter")):
                words = f"{state}, but with {what}"
                done = act(analysis, number)
                cases[f"{state} with {what}"] = (done, analysis, words, first, (number,))
    return cases


def foreign(analysis: str) -> dict[str, Case]:
    """A result that refers to what is not of the run."""
    document = "result of a document that is not in the run"
    model = "result of a model that is not of this run and analysis"
    return {
        "result of a strange document": (strange(analysis), analysis, document, None, (99,)),
        "model of another analysis": (other_model(analysis), analysis, model, None, (3,)),
    }


for analysis in ALL:
    for family in (gone, too_many, foreign):
        BREAKS |= {f"{name}, {analysis}": case for name, case in family(analysis).items()}


def test_what_is_broken_is_named(engine: Engine) -> None:
    check_named(engine, make_full_run(engine), BREAKS)


def abstained(document: int, analysis: str = "sentiment") -> Break:
    return sql(f"INSERT INTO abstentions VALUES (:run, '{analysis}', {document}, 'language de')")


ABSTENTIONS: dict[str, Case] = {
    "beside a result": (
        *(abstained(1), "sentiment", "not analysed, but with another outcome", 0, (1,)),
    ),
    "beside a dead letter": (
        *(abstained(4), "sentiment", "not analysed, but with another outcome", 3, (4,)),
    ),
    "of a dead job": (abstained(13), "sentiment", "dead, but not analysed", 12, (13,)),
    "of a pending job": (
        *(abstained(5), "sentiment", "pending, but not analysed for good", 4, (5,)),
    ),
    "of an unknown analysis": (
        *(abstained(1, "smell"), None, "abstention of an unknown analysis", None, (1,)),
    ),
}


def test_an_abstention_is_the_only_outcome_of_a_document_that_is_done(engine: Engine) -> None:
    run = make_full_run(engine)
    check_named(engine, run, ABSTENTIONS)
    with engine.begin() as connection:
        connection.execute(update(Run).values(needs={"sentiment": []}))
        sql("DELETE FROM sentiments WHERE document_id = 1")(connection, run)
        abstained(1)(connection, run)
    (audit,) = verify_runs(engine, run)
    assert audit.violations == ()
    assert audit.analyses["sentiment"][ABSTAINED] == 1
    assert sum(audit.analyses["sentiment"].values()) == 13
