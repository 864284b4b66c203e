"""Answers of documents: those that share a word together, with what leads to their texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from schema.database import reading, writing
from schema.questions.answers import find_answers, read_answered
from schema.questions.scope import Scope
from tests.support.feedback import add_document, add_result, add_run, add_to_run

QUESTION = "What is broken?"
SAID = ["The zip", "zip", "both zips", "a handle", None]


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as connection:
        run = add_run(connection, "asked", ("qa",), read=len(SAID))
        documents = [add_document(connection, n, "It broke.") for n in range(len(SAID))]
        add_to_run(connection, run, documents)
        for document, answer in zip(documents, SAID, strict=True):
            row = {"question": QUESTION, "answer": answer or "", "unsure": answer is None}
            add_result(connection, "qa", run, document, **row)
    with reading(engine) as connection:
        yield connection


def test_alike_ones_are_counted_together_and_silence_apart(connection: Connection) -> None:
    (found,) = read_answered(connection, Scope())
    assert (found.question, found.asked, found.none) == (QUESTION, 5, 1)
    counted = [(one.about, one.documents) for one in found.groups]
    assert counted == [("zip", 3), ("handle", 1)]


def test_the_answers_of_a_group_are_found_by_its_name(connection: Connection) -> None:
    keys = find_answers(connection, Scope(), QUESTION, "zip")
    (found,) = read_answered(connection, Scope())
    assert sorted(keys) == sorted(one.key for one in found.groups[0].answers)
    assert not find_answers(connection, Scope(), QUESTION, "seam")
    assert not find_answers(connection, Scope(), "Why?", "zip")
