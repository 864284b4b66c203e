"""Answers that share a word stand together, whatever their order; others stay by themselves."""

from __future__ import annotations

import random

from schema.insights.like_answers import Answer, LikeAnswers, group_answers

SAID = [
    Answer("more colors", 5),
    Answer("there were more colors", 2),
    Answer("in another color", 1),
    Answer("a smaller size", 3),
    Answer("the size", 1),
    Answer("free returns", 1),
    Answer("size and color", 1),
    Answer("mehr Farben", 2),
    Answer("eine andere Farbe", 1),
    Answer("more", 1),
]


def test_answers_that_share_a_word_stand_together() -> None:
    found = {one.about: (one.documents, list(one.wordings)) for one in group_answers(SAID)}
    assert found == {
        # What has two words goes with the one that more documents have.
        "colors": (
            9,
            ["more colors", "there were more colors", "size and color", "in another color"],
        ),
        "size": (4, ["a smaller size", "the size"]),
        "farben": (3, ["mehr Farben", "eine andere Farbe"]),
        # Words that say nothing hold nothing together.
        "more": (1, ["more"]),
        "free returns": (1, ["free returns"]),
    }


def test_the_order_of_the_answers_does_not_matter() -> None:
    expected = group_answers(SAID)
    for seed in range(5):
        shuffled = random.Random(seed).sample(SAID, len(SAID))
        assert group_answers(shuffled) == expected
    assert [one.documents for one in expected] == sorted(
        (one.documents for one in expected), reverse=True
    )


def test_every_answer_is_in_one_group() -> None:
    words = ["zip", "seam", "colour", "size", "refund", "delivery", "late", "broken"]
    choose = random.Random(1)
    said = {" ".join(choose.sample(words, choose.randint(1, 4))) for _ in range(300)}
    groups = group_answers(Answer(one, 1) for one in said)
    assert sorted(one for group in groups for one in group.wordings) == sorted(said)
    assert sum(group.documents for group in groups) == len(said)


def test_no_answers() -> None:
    assert group_answers([]) == []
    assert group_answers([Answer("", 2)]) == [LikeAnswers("", [Answer("", 2)], 2)]


def test_long_wordings_come_behind_short_ones() -> None:
    long = f"fix {'this and that ' * 5}please"
    (found,) = group_answers([Answer(long, 9), Answer("fix it", 1), Answer("fix this", 2)])
    assert found.wordings == ["fix this", "fix it", long]
