"""The texts of a row: with its title, one for each answer, nested, and without quoted mail."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from producer.ingest.readers.row import Reject, Row
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.validation.feedback import Feedback
from tests.support.validating import COLUMNS, RATED, documents, validator


@pytest.mark.parametrize(
    ("title", "text", "stored"),
    [
        (" Broken ", "It leaks", "Broken\n\nIt leaks"),
        ("It leaks", "It leaks a lot", "It leaks a lot"),
        ("N/A", "It leaks", "It leaks"),
        (None, "It leaks", "It leaks"),
        (5, "It leaks", "It leaks"),
    ],
)
def test_a_title_goes_before_the_text(title: object, text: str, stored: str) -> None:
    (one,) = documents({"text": text, "title": title}, columns=RATED)
    assert one.text == stored
    said = title.strip() if isinstance(title, str) and title != "N/A" else None
    assert one.title == said
    assert json.loads(one.metadata) == {"title": title}
    # A document that was stored without its title is the same one.
    (bare,) = documents({"text": text, "title": title})
    assert (one.identity, one.text_hash) == (bare.identity, bare.text_hash)


def test_a_title_alone_is_no_text() -> None:
    (one,) = validator(RATED).validate(Row(1, {"text": "-", "title": "Broken"}))
    assert isinstance(one, Reject)
    assert one.reason.startswith("empty: ")


def test_the_limit_is_of_the_text_with_its_title() -> None:
    (one,) = validator(RATED).validate(Row(1, {"text": "x" * 990, "title": "y" * 20}))
    assert isinstance(one, Reject)
    assert "text of 1012 characters" in one.reason


SEVERAL = replace(COLUMNS, text="pros", more_texts=("cons",))


def test_each_answer_is_a_document() -> None:
    fields = {"id": 1, "pros": "Kind", "cons": "Slow", "x": 2}
    first, second = documents(fields, columns=SEVERAL)
    assert (first.text, first.question, first.external_id) == ("Kind", "pros", "1:pros")
    assert (second.text, second.question, second.external_id) == ("Slow", "cons", "1:cons")
    assert first.identity != second.identity
    # The row's own id and no other answer.
    assert json.loads(second.metadata) == {"id": 1, "x": 2}
    ids = {one.identity for one in documents(fields | {"id": None}, columns=SEVERAL)}
    assert len(ids) == 2


def test_an_answer_that_is_missing_is_no_reject_unless_all_are() -> None:
    (one,) = documents({"id": 1, "pros": "k.A.", "cons": "Slow"}, columns=SEVERAL)
    assert (one.text, one.question) == ("Slow", "cons")
    (none,) = validator(SEVERAL).validate(Row(1, {"id": 1, "pros": "", "cons": None}))
    assert isinstance(none, Reject)
    assert none.reason == "empty: no text in column 'pros'"


def test_a_nested_text() -> None:
    columns = replace(COLUMNS, text="review.body")
    (one,) = documents({"id": 1, "review": {"body": "It leaks", "n": 2}}, columns=columns)
    assert one.text == "It leaks"


def test_quoted_mail_goes_to_the_metadata() -> None:
    texts = TextCleaner(html=True, replies=True)
    mail = "It <b>leaks</b><br>-- <br>Ray"
    validation = validator(texts=texts)
    (one,) = validation.validate(Row(7, {"text": mail, "quoted_text": "x"}))
    assert isinstance(one, Feedback)
    assert one.text == "It leaks"
    assert json.loads(one.metadata) == {"quoted_text": "x", "quoted_text_": "--\nRay"}
    assert validation.notes.stripped == 1
    (whole,) = documents({"text": mail, "quoted_text": "x"})
    # The same feedback, with another text.
    assert whole.identity == one.identity
    assert whole.text_hash != one.text_hash
    (empty,) = validator(texts=texts).validate(Row(1, {"text": "<p>&nbsp;</p>"}))
    assert isinstance(empty, Reject)
    assert empty.reason.startswith("empty: ")
