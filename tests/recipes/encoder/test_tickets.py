"""Made tickets: what they say of their writer is what stands in them, and some are held out."""

from __future__ import annotations

import random

from recipes.encoder.data.intent import CHURN, CLASSES
from recipes.encoder.data.tickets import WEIGHTS, Tickets


def drawn(measured: bool, number: int = 400) -> list[tuple[str, tuple[int, ...]]]:
    rng, tickets = random.Random(3), Tickets(measured)
    texts = [tickets.draw(rng) for _ in range(number)]
    return [(one.text, one.labels) for one in texts]


def test_whoever_ends_a_contract_leaves_and_nobody_else() -> None:
    said = {"en": "cancel the subscription", "de": "kündigen wir", "fr": "résilions"}
    texts = [*drawn(measured=False), *drawn(measured=True)]
    leaving = [text for text, labels in texts if labels[CHURN] == 1]
    others = [text for text, labels in texts if labels[CHURN] == 0]
    assert len(leaving) > 100 and len(others) > 500
    assert len(leaving) + len(others) == len(texts)
    for words in said.values():
        assert any(words in text for text in leaving)
        assert not any(words in text for text in others)
    assert {len(labels) for _, labels in texts} == {len(CLASSES)}


def test_what_is_measured_is_not_trained_on() -> None:
    question = "Which plans include"
    sides = [any(question in text for text, _ in drawn(side, 1500)) for side in (False, True)]
    assert sum(sides) == 1


def test_no_slot_is_left_unfilled_in_any_language() -> None:
    assert set(WEIGHTS) == {"en", "de", "fr", "es", "it", "nl", "pt"}
    assert not any(mark in text for text, _ in drawn(False, 1500) for mark in "{}|<>")
