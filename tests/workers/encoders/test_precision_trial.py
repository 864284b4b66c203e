"""The trial: what is compared when bf16 is tried, and how its speed is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import transformers as hf

from schema.catalog import CatalogEntry
from workers.encoders import precision_trial as trial_module
from workers.encoders.conversion import pack
from workers.encoders.precision_trial import ANSWERS, CLASSES, compare
from workers.models.loading import load
from workers.text.precision_texts import texts


@pytest.mark.parametrize(
    ("analysis", "kind", "judge"),
    [
        ("sentiment", hf.AutoModelForSequenceClassification, CLASSES),
        ("entities", hf.AutoModelForTokenClassification, CLASSES),
        ("qa", hf.AutoModelForQuestionAnswering, ANSWERS),
    ],
)
def test_a_trial_counts_labels_that_differ(
    tiny_checkpoints: dict[str, Path], analysis: str, kind: Any, judge: Any
) -> None:
    loaded = load(CatalogEntry(model=str(tiny_checkpoints[analysis])), kind, "cpu")
    rows = judge.rows(loaded.tokenizer, loaded.max_length)
    assert len(rows) >= 200
    exact = pack(loaded.model, "fp32", False)
    assert compare(exact, exact, rows, judge.labels).agreement == 1
    with torch.no_grad():
        for weight in loaded.model.parameters():
            weight.neg_()
    other = pack(loaded.model, "fp32", False)
    assert compare(exact, other, rows, judge.labels).agreement < 0.9


class Row:
    ids = type_ids = list(range(300))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the time is; forwards move it on."""
    now = [0.0]
    watch = SimpleNamespace(perf_counter=lambda: now[0], monotonic=lambda: now[0])
    monkeypatch.setattr(trial_module, "time", watch)
    return now


def forward_of(clock: list[float], seconds: list[float]) -> Any:
    """Takes so long, the next time so long, and so on."""
    left = iter(seconds)

    def forward(rows: Any) -> Any:
        clock[0] += next(left)
        return np.zeros((len(rows), 2), dtype=np.float32)

    return forward


def test_speed_is_the_median_and_first_calls_do_not_count(clock: list[float]) -> None:
    slow = forward_of(clock, [99, 0.4, 0.4, 0.6])
    quick = forward_of(clock, [1, 0.2, 0.1, 0.2])
    assert compare(slow, quick, [Row()] * 12, CLASSES.labels).speedup == pytest.approx(3.0)


def test_a_trial_ends_when_it_has_seen_enough(clock: list[float]) -> None:
    slow, quick = (forward_of(clock, [1.0] * 52) for _ in range(2))
    compare(slow, quick, [Row()] * 1000, CLASSES.labels)  # of 250 batches
    assert clock[0] == 2 * 51


def test_texts_of_the_trial_are_many_and_differ() -> None:
    assert len(texts()) == len(set(texts())) >= 200
    assert texts() == texts()
    lengths = [len(text.split()) for text in texts()]
    assert min(lengths) < 8 and max(lengths) > 35
