"""Sentiment: the results of Transformers 4.57.6, in any batch, and long texts done right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from schema.catalog import Catalog, CatalogEntry
from schema.catalog.entry import EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.polarity import Polarity
from schema.results import Result
from schema.results.sentiment import Sentiment
from tests.support.checkpoints import WINDOW, build_sentiment, fingerprint
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse, reference
from tests.workers.reference.record_classification import SENTIMENT
from workers.analyses import load_analysis
from workers.analyses.sentiment import SentimentAnalysis
from workers.analysis import Analysis
from workers.errors import DocumentError, ModelError

REFERENCE = reference("sentiment")
TEXTS = SHORT + long_texts(120, 6, seed=5)
CONTENT = WINDOW - 2


#: What the catalog has to say of recorded checkpoints whose labels say nothing.
SAID: dict[str, dict[str, Any]] = {
    "one": {"polarity": {"SCORE": "positive"}},
    "regression": {"scale": (-3, 3)},
    "several_regressions": {"scale": (-3, 3)},
}


def load(folder: Path, said: Mapping[str, Any] = MappingProxyType({}), **options: Any) -> Analysis:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options), **said)
    return load_analysis("sentiment", Catalog("test", {"sentiment": entry}), "cpu")


@pytest.fixture(scope="module")
def folder(tiny_checkpoints: dict[str, Path]) -> Path:
    return tiny_checkpoints["sentiment"]


@pytest.mark.parametrize("kind", SENTIMENT)
def test_results_are_those_of_the_pipeline(kind: str, tmp_path: Path) -> None:
    recorded = REFERENCE["checkpoints"][kind]
    checkpoint = SENTIMENT[kind](tmp_path / kind)
    assert fingerprint(checkpoint) == recorded["fingerprint"]
    results = analyse(load(checkpoint, SAID.get(kind, {})), REFERENCE["texts"])
    for text, (result,), ((label, score),) in zip(
        REFERENCE["texts"], results, recorded["results"], strict=True
    ):
        assert isinstance(result, Sentiment)
        assert (text, result.label) == (text, label)
        assert result.score == pytest.approx(score, abs=1e-4)
        assert result.windows == 1
        assert (result.unsure, result.polarity in set(Polarity)) == (False, True)
        assert result.polarity_score is not None and -1 <= result.polarity_score <= 1


@pytest.fixture(scope="module")
def alone(folder: Path) -> list[list[Result]]:
    """The results of each of `TEXTS` when it is the only one."""
    analysis = load(folder)
    return [analyse(analysis, [text])[0] for text in TEXTS]


@pytest.mark.parametrize("batch_tokens", [1, 70, 600, 100_000])
def test_batches_order_and_padding_change_nothing(
    folder: Path, alone: list[list[Result]], batch_tokens: int
) -> None:
    together = analyse(load(folder, batch_tokens=batch_tokens), TEXTS, shuffle=batch_tokens)
    for (one,), (other,) in zip(alone, together, strict=True):
        assert isinstance(one, Sentiment) and isinstance(other, Sentiment)
        assert (one.label, one.windows) == (other.label, other.windows)
        assert one.score == pytest.approx(other.score, abs=1e-5)


def test_a_long_text_is_the_mean_of_its_windows_weighted_by_tokens(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    for text in long_texts(100, 4, seed=9):
        tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
        pieces = [tokens[start : start + CONTENT] for start in range(0, len(tokens), CONTENT)]
        total = np.zeros(2)
        for piece in pieces:
            ids = torch.tensor([[tokenizer.cls_token_id, *piece, tokenizer.sep_token_id]])
            with torch.inference_mode():
                total += len(piece) * model(input_ids=ids).logits[0].softmax(-1).numpy()
        mean = total / len(tokens)
        ((result,),) = analyse(load(folder), [text])
        assert isinstance(result, Sentiment)
        assert result.windows == len(pieces) > 1
        assert result.label == model.config.id2label[int(mean.argmax())]
        assert result.score == pytest.approx(mean.max(), abs=1e-5)


@pytest.mark.parametrize(("words", "windows"), [(CONTENT, 1), (CONTENT + 1, 2), (3 * CONTENT, 3)])
def test_windows_begin_where_the_last_is_full(folder: Path, words: int, windows: int) -> None:
    ((result,),) = analyse(load(folder), ["good " * words])
    assert isinstance(result, Sentiment)
    assert result.windows == windows


def test_the_catalog_may_make_the_window_smaller(folder: Path) -> None:
    ((result,),) = analyse(load(folder, max_length=12), ["good " * 20])
    assert isinstance(result, Sentiment)
    assert result.windows == 2


def test_a_text_without_a_single_token_has_a_result(folder: Path) -> None:
    ((result,),) = analyse(load(folder), ["\x07\u200b"])
    assert isinstance(result, Sentiment)


def test_half_precision_gives_the_same_labels_where_they_are_clear(folder: Path) -> None:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(precision="bf16"))
    half = SentimentAnalysis(Catalog("test", {"sentiment": entry}), "cpu")
    for text, (exact,), (rough,) in zip(
        SHORT, analyse(load(folder), SHORT), analyse(half, SHORT), strict=True
    ):
        assert isinstance(exact, Sentiment) and isinstance(rough, Sentiment)
        assert exact.score < 0.8 or (text, exact.label) == (text, rough.label)


def test_all_probabilities_are_kept_and_give_the_polarity(tmp_path: Path) -> None:
    stars = build_sentiment(tmp_path / "stars", labels=5)
    for (result,) in analyse(load(stars), SHORT):
        assert isinstance(result, Sentiment) and result.probabilities is not None
        of = [result.probabilities[f"{star} stars"] for star in range(1, 6)]
        assert sum(of) == pytest.approx(1, abs=1e-5)
        assert (max(of), result.label) == (result.score, f"{of.index(max(of)) + 1} stars")
        by_polarity = {"negative": of[0] + of[1], "neutral": of[2], "positive": of[3] + of[4]}
        assert result.polarity == max(by_polarity, key=lambda word: by_polarity[word])
        score = -of[0] - of[1] / 2 + of[3] / 2 + of[4]
        assert result.polarity_score == pytest.approx(score, abs=1e-5)


def test_a_model_whose_labels_say_nothing_is_not_loaded(tmp_path: Path) -> None:
    names = {str(number): f"LABEL_{number}" for number in range(2)}
    numbers = {name: int(number) for number, name in names.items()}
    checkpoint = build_sentiment(tmp_path / "labels", id2label=names, label2id=numbers)
    with pytest.raises(ModelError, match=r'polarity = \{ LABEL_0 = "\?", LABEL_1 = "\?" \}'):
        load(checkpoint)
    polarity = {"LABEL_0": "positive", "LABEL_1": -1}
    analysis = load(checkpoint, {"polarity": polarity})
    (model,) = analysis.provenance()
    assert model.options["polarity"] == {"LABEL_0": 1, "LABEL_1": -1}
    for (result,) in analyse(analysis, SHORT):
        assert isinstance(result, Sentiment)
        assert result.polarity == {"LABEL_0": "positive", "LABEL_1": "negative"}[result.label]


def test_a_number_is_read_on_the_scale_of_the_catalog(tmp_path: Path) -> None:
    checkpoint = build_sentiment(tmp_path / "number", labels=1)
    analysis = load(checkpoint, {"scale": (2, -2)})
    assert analysis.provenance()[0].options["scale"] == [2, -2]
    for (result,) in analyse(analysis, SHORT):
        assert isinstance(result, Sentiment)
        # What the catalog says makes it a regression: the score is the number itself.
        assert result.polarity_score == pytest.approx(np.clip(-result.score / 2, -1, 1), abs=1e-6)
        assert (result.probabilities, result.unsure) == (None, False)


def test_a_calibrated_model_says_what_it_is_unsure_of(folder: Path) -> None:
    calibration = {"calibration": {"temperature": 4.0, "threshold": 0.7}}
    analysis = load(folder, calibration)
    options = analysis.provenance()[0].options
    assert (options["temperature"], options["threshold"]) == (4.0, 0.7)
    unsure = set()
    for (before,), (after,) in zip(
        analyse(load(folder), TEXTS), analyse(analysis, TEXTS), strict=True
    ):
        assert isinstance(before, Sentiment) and isinstance(after, Sentiment)
        assert (after.label, after.polarity) == (before.label, before.polarity)
        odds = (before.score / (1 - before.score)) ** 0.25
        assert after.score == pytest.approx(odds / (1 + odds), abs=1e-3)
        assert after.unsure == (after.score < 0.7)
        unsure.add(after.unsure)
    assert unsure == {True, False}
    assert "temperature" not in load(folder).provenance()[0].options


def test_a_score_that_is_no_number_is_the_documents_failure(folder: Path) -> None:
    analysis = load(folder)
    document = Document(1, "fine")
    (windows,) = analysis.prepare([document], RunOptions())
    assert isinstance(windows, list)
    nothing = [np.array([np.nan, 1.0], dtype=np.float32)]
    with pytest.raises(DocumentError, match='precision = "fp32"'):
        analysis.assemble(document, windows, nothing, RunOptions())
