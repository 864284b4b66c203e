"""The budget of a batch: the quickest that was measured, kept, and never more than the memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from schema.document import Document
from schema.options import RunOptions
from tests.support.engine_analysis import CountingAnalysis, documents_of
from workers.analysis import Window
from workers.engine import calibration, token_budget
from workers.engine.engine import Engine
from workers.errors import DocumentError
from workers.runtime.tuning_cache import TuningCache


class Timed(CountingAnalysis):
    """An analysis whose forwards take what a test says, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: Callable[[int], float]) -> None:
        super().__init__()
        self.budget = 1000
        self.limit = 10**9
        self.now = 0.0
        self.seconds = seconds
        monkeypatch.setattr(token_budget, "perf_counter", lambda: self.now)

    @property
    def measurable(self) -> bool:
        return True

    @property
    def packs(self) -> bool:
        return True

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        return [[Window(max(1, len(one.text) // 5), one.text)] for one in documents]

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        tokens = sum(window.length for window in windows)
        if tokens > self.limit:
            self.batches.append([window.features for window in windows])
            raise torch.OutOfMemoryError
        self.now += self.seconds(tokens)
        return super().forward(windows, on_progress)


@pytest.fixture
def kept(tmp_path: Path) -> TuningCache:
    return TuningCache(tmp_path / "budgets")


#: A start of 0.01 s for each forward, and a microsecond a token: larger batches are quicker.
def with_start(tokens: int) -> float:
    return 0.01 + tokens * 1e-6


#: Beyond 1,500 tokens the caches overflow.
def with_cache(tokens: int) -> float:
    return 0.001 + tokens * (1e-6 if tokens < 1500 else 5e-6)


#: Whatever the batch.
def even(tokens: int) -> float:
    return tokens * 1e-6


@pytest.mark.parametrize(("seconds", "best"), [(with_start, 4096), (with_cache, 1024), (even, 512)])
def test_the_quickest_budget_is_taken_and_of_equals_the_smallest(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache, seconds: Callable[[int], float], best: int
) -> None:
    engine = Engine(Timed(monkeypatch, seconds))
    engine.warm_up("cpu", kept)
    assert engine.batch_tokens() == best
    # It belongs to no job.
    assert engine.counters.forwards == 0


def test_what_was_measured_is_kept_and_a_full_batch_goes_through_all_the_same(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache
) -> None:
    Engine(Timed(monkeypatch, with_start)).warm_up("cpu", kept)
    again = Timed(monkeypatch, with_cache)
    engine = Engine(again)
    engine.warm_up("cpu", kept)
    assert engine.batch_tokens() == 4096
    (batch,) = again.batches
    assert 4096 - 312 < sum(len(text) // 5 for text in batch) <= 4096


def test_a_model_too_slow_to_be_measured_keeps_its_budget(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache
) -> None:
    analysis = Timed(monkeypatch, lambda tokens: tokens / 100)
    engine = Engine(analysis)
    engine.warm_up("cpu", kept)
    assert engine.batch_tokens() == 1000
    # The first for warmth, one that is timed, one in full.
    assert len(analysis.batches) == 3
    quick = Engine(Timed(monkeypatch, with_start))
    quick.warm_up("cpu", kept)
    assert quick.batch_tokens() == 4096, "that it was too slow is not kept"


def test_time_is_measured_for_no_longer_than_it_may_take(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache
) -> None:
    analysis = Timed(monkeypatch, lambda tokens: tokens / 2500)
    Engine(analysis).warm_up("cpu", kept)
    # One full batch comes on top.
    assert analysis.now < calibration.SECONDS + 4096 / 2500


def test_a_model_that_is_not_worth_it_is_not_measured(kept: TuningCache) -> None:
    analysis = CountingAnalysis()
    Engine(analysis).warm_up("cpu", kept)
    assert analysis.batches == []


@pytest.mark.parametrize(("memory", "most"), [(3000, 2048), (700, 512)])
def test_what_does_not_fit_the_memory_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache, memory: int, most: int
) -> None:
    analysis = Timed(monkeypatch, with_start)
    analysis.limit = memory
    engine = Engine(analysis)
    engine.warm_up("cpu", kept)
    assert engine.batch_tokens() == most


def test_a_kept_budget_that_fits_no_more_is_halved_before_the_worker_is_ready(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache
) -> None:
    Engine(Timed(monkeypatch, with_start)).warm_up("cpu", kept)
    analysis = Timed(monkeypatch, with_start)
    analysis.limit = 3000
    engine = Engine(analysis)
    engine.warm_up("cpu", kept)
    assert engine.batch_tokens() == 2048


def test_a_budget_that_out_of_memory_has_lowered_stays_low_after_a_restart(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache
) -> None:
    analysis = Timed(monkeypatch, with_start)
    engine = Engine(analysis)
    engine.warm_up("cpu", kept)
    analysis.limit = 1000
    engine.run(documents_of(["x" * 40] * 200), RunOptions())
    lowered = engine.batch_tokens()
    assert lowered <= 1000
    again = Engine(Timed(monkeypatch, with_start))
    again.warm_up("cpu", kept)
    assert again.batch_tokens() == lowered


def test_a_vast_document_lowers_nothing_for_good(
    monkeypatch: pytest.MonkeyPatch, kept: TuningCache
) -> None:
    analysis = Timed(monkeypatch, with_start)
    engine = Engine(analysis)
    engine.warm_up("cpu", kept)
    analysis.limit = 900
    engine.run([Document(1, "v" * 5000)], RunOptions())
    again = Engine(Timed(monkeypatch, with_start))
    again.warm_up("cpu", kept)
    assert again.batch_tokens() == 4096
