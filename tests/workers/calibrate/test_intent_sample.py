"""Intents that a model named, beside those that people named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from schema.catalog import load_catalog
from schema.results.intent import FoundIntent
from tests.support.checkpoints import build_sentiment
from tests.support.feedback_texts import long_texts
from tests.support.parity import analyse
from workers.analyses import load_analysis
from workers.analyses.intent import IntentAnalysis
from workers.calibrate import command
from workers.calibrate.examples import DataError, Example
from workers.calibrate.intent_sample import IntentSample, intent_sample


def test_each_named_intent_is_right_or_not() -> None:
    examples = [
        Example(1, "a", "complaint, churn risk"),
        Example(2, "b", ["Request"]),
        Example(3, "c", ""),
        Example(4, "d", "none"),
    ]
    results = [
        [FoundIntent("complaint", 0.9), FoundIntent("praise", 0.6)],
        [FoundIntent("request", 0.8)],
        [FoundIntent("question", 0.7)],
        [FoundIntent("none", 0.7)],
    ]
    sample, texts = intent_sample(examples, results)
    assert texts == ["a", "a", "b", "c"]
    assert sample.right.tolist() == [True, False, True, False]
    assert sample.names.tolist() == ["complaint", "praise", "request", "question"]


def test_what_is_no_intent_is_named_by_its_line() -> None:
    with pytest.raises(DataError, match="line 7: the label names none of complaint"):
        intent_sample([Example(7, "a", "anger")], [[]])


def test_an_intent_has_a_threshold_of_its_own_where_there_are_enough() -> None:
    scores = np.linspace(0.5, 0.99, 60, dtype=np.float32)
    names = np.array(["complaint"] * 60 + ["praise"] * 60 + ["question"] * 10)
    right = np.concatenate([scores > 0.75, scores > 2, np.ones(10, dtype=bool)])
    sample = IntentSample(np.concatenate([scores, scores, scores[:10]]), right, names)
    found = sample.thresholds(1.0, 0.9)
    assert found.keys() == {"complaint", "praise"}
    assert 0.6 < found["complaint"] < 0.75
    assert found["praise"] == 1.0, "nothing of it is right"


def test_a_model_that_is_too_sure_becomes_less_so() -> None:
    rng = np.random.default_rng(1)
    right = rng.random(400) < 0.7
    sample = IntentSample(np.full(400, 0.97, dtype=np.float32), right, np.array(["request"] * 400))
    temperature = sample.fit_temperature()
    assert temperature > 2
    assert sample.answers(temperature)[0][0] == pytest.approx(right.mean(), abs=0.02)


@pytest.mark.slow
def test_the_command_finds_thresholds_that_are_then_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = build_sentiment(tmp_path / "intent", problem_type="multi_label_classification")
    catalog = tmp_path / "catalog.toml"
    labels = 'labels = { NEGATIVE = "complaint", POSITIVE = "praise" }'
    catalog.write_text(f'[intent]\nmodel = "{folder}"\n{labels}\n', "utf-8")
    texts = [text for words in (5, 9, 14) for text in long_texts(words, 80, words)]
    loaded = load_analysis("intent", load_catalog(str(catalog)), "cpu")
    data = tmp_path / "labelled.jsonl"
    with data.open("w", encoding="utf-8") as file:
        for text, found in zip(texts, analyse(loaded, texts), strict=True):
            file.write(json.dumps({"text": text, "intents": said(found)}) + "\n")
    options = ["--data", str(data), "--models", str(catalog), "--device", "cpu"]
    assert command.main(["intent", *options, "--accuracy", "0.9"]) == 0
    assert "complaint is unsure below" in capsys.readouterr().out
    kept = json.loads((folder / "calibration.json").read_text("utf-8"))["intent"]
    again = load_analysis("intent", load_catalog(str(catalog)), "cpu")
    assert isinstance(again, IntentAnalysis)
    assert again.calibration.thresholds == kept["thresholds"]
    assert again.calibration.temperature == kept["temperature"]


def said(found: Any) -> str:
    """What a person says who agrees with the model where it is sure."""
    return ", ".join(one.intent for one in found if one.score > 0.65)
