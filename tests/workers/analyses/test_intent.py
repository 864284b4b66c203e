"""Intent: each for itself, the probabilities of plain Transformers, and labels of other models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from schema.catalog import Catalog, CatalogEntry, CatalogError, load_catalog
from schema.catalog.entry import CalibrationOptions, EntryOptions
from schema.intents import NO_INTENT, Intent, known_intents
from schema.results.intent import FoundIntent
from tests.support.checkpoints import WINDOW, build_sentiment
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse
from tests.support.shared_checkpoints import build_heads, whole
from workers.analyses import load_analysis
from workers.analyses.intent import IntentAnalysis
from workers.errors import ModelError

TEXTS = [*SHORT, *long_texts(60, 6, seed=5)]
#: What the tests say of the two labels of the tiny checkpoint.
SAID = MappingProxyType({"labels": {"NEGATIVE": "complaint", "POSITIVE": "praise"}})


def load(folder: Path, said: Mapping[str, Any] = SAID, **options: Any) -> IntentAnalysis:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options), **said)
    analysis = load_analysis("intent", Catalog("test", {"intent": entry}), "cpu")
    assert isinstance(analysis, IntentAnalysis)
    return analysis


def found(analysis: IntentAnalysis, texts: list[str]) -> list[dict[str, FoundIntent]]:
    named = []
    for results in analyse(analysis, texts):
        assert results and all(isinstance(one, FoundIntent) for one in results)
        assert [one.score for one in results] == sorted(  # type: ignore[attr-defined]
            (one.score for one in results),  # type: ignore[attr-defined]
            reverse=True,
        )
        named.append({one.intent: one for one in results})  # type: ignore[attr-defined]
    return named


@pytest.fixture
def head(tmp_path: Path) -> Path:
    return build_heads(tmp_path / "heads")["intent"]


@pytest.fixture
def several(tmp_path: Path) -> Path:
    return build_sentiment(tmp_path / "several", problem_type="multi_label_classification")


def test_a_head_says_what_the_whole_model_says_in_transformers(head: Path, tmp_path: Path) -> None:
    folder = whole(head, tmp_path / "whole")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    texts = ["the parcel is broken", "er", "the Berlin parcel, all of it?", "ing the"]
    seen = set()
    for text, named in zip(texts, found(load(head, {}), texts), strict=True):
        with torch.inference_mode():
            logits = model(**tokenizer(text, return_tensors="pt")).logits[0]
        said = dict(zip(Intent, logits.sigmoid().tolist(), strict=True))
        wanted = {intent: score for intent, score in said.items() if score >= 0.5}
        if not wanted:
            wanted = {NO_INTENT: 1 - max(said.values())}
        assert named.keys() == wanted.keys()
        seen |= named.keys()
        for intent, score in wanted.items():
            assert named[intent].score == pytest.approx(score, abs=1e-4)
    assert len(seen) > 2


def test_a_long_text_has_what_any_of_its_windows_has(several: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(several)
    model = AutoModelForSequenceClassification.from_pretrained(several).eval()
    content = WINDOW - 2
    for text in long_texts(100, 4, seed=9):
        tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
        scores = []
        for start in range(0, len(tokens), content):
            piece = tokens[start : start + content]
            ids = torch.tensor([[tokenizer.cls_token_id, *piece, tokenizer.sep_token_id]])
            with torch.inference_mode():
                scores.append(model(input_ids=ids).logits[0].sigmoid().numpy())
        most = np.max(scores, axis=0)
        (named,) = found(load(several), [text])
        wanted = {
            intent
            for intent, score in zip(("complaint", "praise"), most, strict=True)
            if score >= 0.5
        }
        assert named.keys() == (wanted or {NO_INTENT})
        assert {one.windows for one in named.values()} == {len(scores)}


def test_labels_that_exclude_each_other_lend_an_intent_their_sum(tmp_path: Path) -> None:
    stars = build_sentiment(tmp_path / "stars", labels=5)
    names = [f"{star} stars" for star in range(1, 6)]
    meanings = ["complaint", "complaint", "none", "praise", "praise"]
    said = {"labels": dict(zip(names, meanings, strict=True))}
    for named, results in zip(
        found(load(stars, said), SHORT), analyse(sentiment_of(stars), SHORT), strict=True
    ):
        probabilities = results[0].probabilities  # type: ignore[attr-defined]
        complaint = probabilities["1 stars"] + probabilities["2 stars"]
        assert ("complaint" in named) == (complaint >= 0.5)
        if "complaint" in named:
            assert named["complaint"].score == pytest.approx(complaint, abs=1e-5)


def sentiment_of(folder: Path) -> Any:
    entry = CatalogEntry(model=str(folder))
    return load_analysis("sentiment", Catalog("test", {"sentiment": entry}), "cpu")


def test_names_that_say_what_they_mean_need_no_line() -> None:
    labels = ["Complaint", "feature_request", "Churn", "LABEL_3", "other"]
    assert known_intents(labels) == {
        "Complaint": "complaint",
        "feature_request": "request",
        "Churn": "churn_risk",
        "other": "none",
    }


def test_a_label_that_says_nothing_is_refused_with_the_line_to_add(several: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load(several, {"labels": {"NEGATIVE": "complaint"}})
    said = str(caught.value)
    assert 'labels = { NEGATIVE = "complaint", POSITIVE = "?" }' in said
    assert "the table [intent]" in said and "churn_risk or none" in said


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"ANGRY": "complaint"}, "has no label 'ANGRY'"),
        ({"NEGATIVE": "none", "POSITIVE": "none"}, "no label that means an intent"),
    ],
)
def test_labels_that_serve_nothing_are_refused(
    several: Path, labels: dict[str, str], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        load(several, {"labels": labels})


def test_numbers_are_refused(tmp_path: Path) -> None:
    folder = build_sentiment(tmp_path / "one", labels=2, problem_type="regression")
    with pytest.raises(ModelError, match="no probabilities of intents"):
        load(folder)


def test_each_intent_has_its_own_threshold(several: Path) -> None:
    texts = [*SHORT, *long_texts(12, 40, seed=3)]
    limits = {"complaint": 0.9, "praise": 0.6}
    options = CalibrationOptions.model_validate({"threshold": 0.2, "thresholds": limits})
    analysis = load(several, {**SAID, "calibration": options})
    named = [one for each in found(analysis, texts) for one in each.values()]
    assert {(one.intent, one.unsure) for one in named} >= {
        ("complaint", True),
        ("praise", True),
        ("praise", False),
    }
    for one in named:
        assert one.unsure == (one.score < limits.get(one.intent, 0))
    (model,) = analysis.provenance()
    assert model.options["thresholds"] == limits
    assert model.options["labels"] == SAID["labels"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[intent]\nmodel = "a/b"\nlabels = { A = "anger" }', "'A' is given none of complaint"),
        ('[sentiment]\nmodel = "a/b"\nlabels = { A = "praise" }', "only models for intent"),
        (
            '[sentiment]\nmodel = "a/b"\ncalibration = { thresholds = { praise = 0.7 } }',
            "only models for intent",
        ),
        (
            '[intent]\nmodel = "a/b"\ncalibration = { thresholds = { anger = 0.7 } }',
            "calibration.thresholds",
        ),
    ],
)
def test_a_catalog_that_says_what_cannot_be_is_refused(
    tmp_path: Path, table: str, said: str
) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(table, "utf-8")
    with pytest.raises(CatalogError, match=said):
        load_catalog(str(path))
