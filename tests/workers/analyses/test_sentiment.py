"""Sentiment: the results of Transformers 4.57.6, in any batch, and long texts done right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from schema.catalog import Catalog, CatalogEntry
from schema.catalog.entry import EntryOptions
from schema.results import Result
from schema.results.sentiment import Sentiment
from tests.support.checkpoints import WINDOW, fingerprint
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse, reference
from tests.workers.reference.record_classification import SENTIMENT
from workers.analyses import load_analysis
from workers.analyses.sentiment import SentimentAnalysis
from workers.analysis import Analysis

REFERENCE = reference("sentiment")
TEXTS = SHORT + long_texts(120, 6, seed=5)
CONTENT = WINDOW - 2


def load(folder: Path, **options: Any) -> Analysis:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options))
    return load_analysis("sentiment", Catalog("test", {"sentiment": entry}), "cpu")


@pytest.fixture(scope="module")
def folder(tiny_checkpoints: dict[str, Path]) -> Path:
    return tiny_checkpoints["sentiment"]


@pytest.mark.parametrize("kind", SENTIMENT)
def test_results_are_those_of_the_pipeline(kind: str, tmp_path: Path) -> None:
    recorded = REFERENCE["checkpoints"][kind]
    checkpoint = SENTIMENT[kind](tmp_path / kind)
    assert fingerprint(checkpoint) == recorded["fingerprint"]
    results = analyse(load(checkpoint), REFERENCE["texts"])
    for text, (result,), ((label, score),) in zip(
        REFERENCE["texts"], results, recorded["results"], strict=True
    ):
        assert isinstance(result, Sentiment)
        assert (text, result.label) == (text, label)
        assert result.score == pytest.approx(score, abs=1e-4)
        assert result.windows == 1


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
