"""Which entities and answers are right, by what people marked."""

from __future__ import annotations

import pytest

from schema.results.answer import Answer
from schema.results.entity import Entity
from workers.calibrate.examples import DataError, Example
from workers.calibrate.span_sample import span_sample


def test_an_entity_is_right_where_and_as_it_was_marked() -> None:
    marked = [{"type": "ORG", "start": 0, "end": 4}]
    found = [
        Entity("ORG", "Acme", 0, 4, 0.9),
        Entity("PER", "Acme", 0, 4, 0.8),
        Entity("ORG", "cme", 1, 4, 0.7),
    ]
    sample, texts = span_sample([Example(1, "Acme", marked)], [found])
    assert sample.right.tolist() == [True, False, False]
    assert sample.scores.tolist() == pytest.approx([0.9, 0.8, 0.7])
    assert texts == ["Acme"] * 3


@pytest.mark.parametrize(
    ("marked", "is_right"),
    [
        ("a refund", True),
        ("full REFUND!", True),
        (["a new lid", "REFUND"], True),
        ("the very latest refund they have", False),
        ("", False),
        ([], False),
        (None, False),
    ],
)
def test_an_answer_is_right_if_it_shares_half_of_its_words(marked: object, is_right: bool) -> None:
    found = [Answer("What?", "a refund", 0, 8, 1.4)]
    sample, _ = span_sample([Example(1, "text", marked)], [found])
    assert sample.right.tolist() == [is_right]
    # The sum of overlapping windows may exceed what a probability can be.
    assert sample.scores.tolist() == [1.0]


def test_what_was_not_answered_is_neither() -> None:
    sample, texts = span_sample([Example(1, "text", "x")], [[Answer("What?", "", 0, 0, 0.0)]])
    assert (len(sample.right), texts) == (0, [])


@pytest.mark.parametrize("marked", [["secret"], "secret", [{"type": "ORG"}]])
def test_marks_of_another_form_are_refused_by_their_line(marked: object) -> None:
    with pytest.raises(DataError, match="line 7: the entities are no list") as caught:
        span_sample([Example(7, "text", marked)], [[Entity("ORG", "a", 0, 1, 0.9)]])
    assert "secret" not in str(caught.value)
