"""Training data of the shared encoder: offsets stay right whatever is done to a text."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from recipes.encoder.data.entities import TaggedText, rewritten
from recipes.encoder.data.intent import (
    CHURN,
    CLASSES,
    COMPLAINT,
    PRAISE,
    REQUEST,
    UNKNOWN,
    asks,
    leaves,
    requests,
)
from recipes.encoder.data.intent_phrases import IntentPhrases, of_letter
from recipes.encoder.data.letters import Letters
from recipes.encoder.data.questions import Question, beside, cut
from recipes.encoder.data.sentiment import NEGATIVE, NEUTRAL, POSITIVE

TEXT = "i ordered a lamp from otto 's shop , in berlin . it broke !"
NAMES = ("otto", "berlin")


def test_names_stay_where_they_are_however_a_text_is_written() -> None:
    spans = tuple((TEXT.index(name), TEXT.index(name) + len(name), "ORG") for name in NAMES)
    written = {rewritten(TaggedText(TEXT, spans, frozenset()), random.Random(n)) for n in range(20)}
    assert len(written) == 4
    for example in written:
        found = [example.text[begin:end].lower() for begin, end, _ in example.spans]
        assert found == list(NAMES)
    assert "I ordered a lamp from Otto's shop, in Berlin. it broke!" in {w.text for w in written}


def test_a_part_of_a_passage_holds_the_answer() -> None:
    words = " ".join(f"word{number}" for number in range(300))
    begin = words.index("word150")
    whole = Question("Which?", words, ((begin, begin + 7),))
    for seed in range(50):
        part = cut(whole, random.Random(seed), 200)
        ((first, last),) = part.answers
        assert part.passage[first:last] == "word150"
        assert len(part.passage) <= 200
        assert set(part.passage.split()) <= set(words.split())


def test_a_part_beside_the_answer_does_not_hold_it() -> None:
    passage = "It is red. " + "The rest says nothing about it at all. " * 6
    question = Question("Which colour?", passage, ((6, 9),))
    other = beside(question, random.Random(0))
    assert other is not None
    assert other.answers == ()
    assert "red" not in other.passage


@pytest.mark.parametrize("label", [NEGATIVE, NEUTRAL, POSITIVE])
def test_a_letter_is_marked_for_three_heads(label: int) -> None:
    rng = random.Random(label)
    letters = Letters()
    drawn = [letters.draw(rng, label) for _ in range(60)]
    for letter in drawn:
        text = letter.marked.text
        spans = letter.tagged().spans
        assert all(text[begin:end].strip() == text[begin:end] != "" for begin, end, _ in spans)
        assert all(left[1] <= right[0] for left, right in pairwise(spans)), "names do not overlap"
        assert not set(text) & set("{}<>|"), "templates are expanded"
        assert letter.labelled().label == label
        told = {kind: bool(letter.spans(kind)) for kind in ("want", "problem", "liked")}
        assert told["problem"] == (label == NEGATIVE)
        assert told["liked"] == (label == POSITIVE)
        assert not (label == POSITIVE and told["want"])
    assert {kind for letter in drawn for _, _, kind in letter.tagged().spans} >= {"ORG", "PER"}


@pytest.mark.parametrize("label", [NEGATIVE, NEUTRAL, POSITIVE])
def test_a_letter_says_what_its_writer_is_up_to(label: int) -> None:
    rng = random.Random(label)
    letters = Letters()
    for _ in range(60):
        letter = letters.draw(rng, label)
        told = of_letter(letter).labels
        assert told[COMPLAINT] == (label == NEGATIVE)
        assert told[PRAISE] == (label == POSITIVE)
        assert told[CHURN] in (0, UNKNOWN)
        if label == NEGATIVE:
            assert told[REQUEST] == bool(letter.spans("want"))


def test_texts_of_templates_are_labelled_and_those_to_measure_are_others() -> None:
    rng = random.Random(3)
    seen = {}
    for measured in (False, True):
        phrases = IntentPhrases(measured)
        drawn = [phrases.draw(rng) for _ in range(800)]
        assert not set("".join(text.text for text in drawn)) & set("{}<>|")
        for number in range(len(CLASSES)):
            assert {text.labels[number] for text in drawn} >= {0, 1}
        seen[measured] = {text.text for text in drawn if text.text.count(".") == 1}
    shared = seen[False] & seen[True]
    assert len(shared) < 0.02 * len(seen[True]), "templates are on one side"


@pytest.mark.parametrize(
    ("text", "churn", "wanted", "question"),
    [
        ("I will never order from them again.", 1, 0, 0),
        ("I cancelled my subscription.", 1, 0, 0),
        ("I never had a better one.", UNKNOWN, 0, 0),
        ("Please add more sizes.", 0, 1, 0),
        ("I wish it had pockets.", 0, 1, 0),
        ("It could be softer.", 0, UNKNOWN, 0),
        ("where is my parcel", 0, 0, 1),
        ("I wonder where it is.", 0, 0, UNKNOWN),
        ("It fits.", 0, 0, 0),
    ],
)
def test_english_words_say_yes_no_or_nothing(
    text: str, churn: int, wanted: int, question: int
) -> None:
    assert (leaves(text), requests(text), asks(text)) == (churn, wanted, question)
