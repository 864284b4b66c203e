"""Made reviews for other customers: advice is no request, and some templates are held out."""

from __future__ import annotations

import random

from recipes.encoder.data.intent import CHURN, COMPLAINT, PRAISE, QUESTION, REQUEST, IntentText
from recipes.encoder.data.reader_reviews import WEIGHTS, ReaderReviews


def drawn(measured: bool, number: int = 1500) -> list[IntentText]:
    rng, reviews = random.Random(3), ReaderReviews(measured)
    return [reviews.draw(rng) for _ in range(number)]


def test_advice_is_no_request_and_says_what_is_thought() -> None:
    texts = drawn(measured=False) + drawn(measured=True)
    assert all(text.labels[CHURN] == 0 for text in texts)
    wishing = [text for text in texts if text.labels[REQUEST] == 1]
    others = [text for text in texts if text.labels[REQUEST] == 0]
    assert len(wishing) + len(others) == len(texts) and len(others) > 2 * len(wishing) > 400
    assert all(text.labels[QUESTION] == 0 for text in others)
    assert any("Merci de le sortir" in text.text for text in wishing)
    assert not any("Merci de le sortir" in text.text for text in others)
    advised = [text for text in texts if "Lisez-le !" in text.text]
    assert advised and all(text.labels[PRAISE] == 1 for text in advised)
    warned = [text for text in texts if "Geen aanrader." in text.text]
    assert warned and all(text.labels[COMPLAINT] == 1 for text in warned)


def test_what_is_measured_is_not_trained_on() -> None:
    sides = [any("Veel leesplezier!" in one.text for one in drawn(side)) for side in (False, True)]
    assert sum(sides) == 1


def test_no_slot_is_left_unfilled_in_any_language() -> None:
    assert set(WEIGHTS) == {"en", "de", "fr", "es", "it", "nl", "pt"}
    assert not any(mark in one.text for one in drawn(False) for mark in "{}|<>")
