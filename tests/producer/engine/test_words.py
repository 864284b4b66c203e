"""What a person reads of results."""

from __future__ import annotations

from typing import Any

import pytest

from producer.engine.words import in_words

SURE = {"score": 0.91, "unsure": False}
UNSURE = {"score": 0.456, "unsure": True}


@pytest.mark.parametrize(
    ("analysis", "found", "words"),
    [
        ("sentiment", {"label": "LABEL_0", "polarity": "negative", **SURE}, "negative 0.91"),
        ("sentiment", {"label": "POSITIVE", "polarity": None, **UNSURE}, "POSITIVE? 0.46"),
        ("politeness", {"label": "rude", **SURE}, "rude 0.91"),
        ("language", {"language": "en", "probability": 0.9, "unsure": False}, "en"),
        ("language", {"language": "und", "probability": 0.1, "unsure": True}, "und?"),
        ("summary", {"text": "Broken."}, "Broken."),
        ("reply", {"text": "Hi Ann", "origin": "model"}, "Hi Ann"),
        ("reply", {"text": None, "origin": "library", "reason": "none fits"}, "–"),
        ("translation", {"language": "de", "text": "Kaputt."}, "Kaputt."),
        ("entities", [{"type": "ORG", "text": "Ikea", **SURE}], "Ikea (ORG)"),
        ("entities", [{"type": "PER", "text": "Al", **UNSURE}] * 2, "Al (PER)?, Al (PER)?"),
        ("entities", [], "–"),
        ("qa", [{"question": "Who?", "answer": "Al", **SURE}], "Al"),
        ("qa", [{"question": "Who?", "answer": "", **SURE}] * 2, "Who? –, Who? –"),
        (
            "intent",
            [{"intent": "praise", **SURE}, {"intent": "request", **UNSURE}],
            "praise, request?",
        ),
        ("embedding", [{"start": 0, "end": 1, "vector": [0.1, 0.2]}], "1 vectors of 2 numbers"),
        ("sentiment", {"not_analysed": "language ru"}, "not analysed: language ru"),
    ],
)
def test_each_result_is_a_few_words(analysis: str, found: Any, words: str) -> None:
    assert in_words({analysis: found}) == [(analysis, words)]
