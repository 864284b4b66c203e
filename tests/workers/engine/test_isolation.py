"""Every fault finds its owner: a document, the worker, or a batch that was too large."""

from __future__ import annotations

import math
import random

import pytest
import torch

from schema.options import RunOptions
from schema.results import Failure
from tests.support.engine_analysis import CountingAnalysis, documents_of, labels
from workers.engine.engine import Engine
from workers.errors import DeviceLostError, ModelError, WorkerError

OPTIONS = RunOptions()


@pytest.mark.parametrize("stage", ["prepare", "forward", "assemble"])
def test_the_document_that_fails_alone_is_charged_and_the_others_are_kept(
    analysis: CountingAnalysis, stage: str
) -> None:
    analysis.errors[stage, "bad"] = ValueError("cannot read 'my secret text, bad'")
    outcomes = Engine(analysis).run(documents_of(["a", "bad", "ccc", "dd"]), OPTIONS)
    assert labels(outcomes) == ["1", "!", "3", "2"]
    failure = outcomes[1]
    assert isinstance(failure, Failure)
    assert failure.error_class == "ValueError"
    assert "secret" not in failure.message and "bad" not in failure.message


@pytest.mark.parametrize("size", [1, 2, 3, 8, 33, 64])
def test_finding_one_bad_window_costs_a_logarithm(analysis: CountingAnalysis, size: int) -> None:
    analysis.errors["forward", "bad"] = ValueError()
    for place in range(size):
        analysis.batches.clear()
        texts = ["fine"] * size
        texts[place] = "bad!"
        outcomes = Engine(analysis).run(documents_of(texts), OPTIONS)
        assert labels(outcomes) == ["4"] * place + ["!"] + ["4"] * (size - place - 1)
        # One forward was due anyway, and one is the harmless document's.
        assert len(analysis.batches) - 2 <= 2 * math.ceil(math.log2(size))


def test_many_bad_ones_are_all_found(analysis: CountingAnalysis) -> None:
    analysis.errors["forward", "bad"] = ValueError()
    draw = random.Random(1)
    texts = [draw.choice(["fine", "bad!"]) for _ in range(50)]
    outcomes = Engine(analysis).run(documents_of(texts), OPTIONS)
    assert labels(outcomes) == ["!" if text == "bad!" else "4" for text in texts]


def test_a_batch_of_nothing_but_bad_documents_is_charged(analysis: CountingAnalysis) -> None:
    analysis.errors["forward", "bad"] = ValueError()
    assert labels(Engine(analysis).run(documents_of(["bad"] * 5), OPTIONS)) == ["!"] * 5


def test_a_document_that_failed_is_spared_its_other_windows(analysis: CountingAnalysis) -> None:
    analysis.errors["forward", "bad"] = ValueError()
    analysis.budget = 4
    outcomes = Engine(analysis).run(documents_of(["bad!|one|two"]), OPTIONS)
    assert labels(outcomes) == ["!"]
    assert not any({"one", "two"} & set(batch) for batch in analysis.batches)


@pytest.mark.parametrize("stage", ["prepare", "forward", "assemble"])
def test_when_nothing_goes_through_the_worker_is_at_fault(
    analysis: CountingAnalysis, stage: str
) -> None:
    analysis.errors[stage, ""] = ValueError("my secret text")
    with pytest.raises(WorkerError) as fault:
        Engine(analysis).run(documents_of(["fine"] * 64), OPTIONS)
    assert "secret" not in str(fault.value)
    assert len(analysis.batches) <= 8 + 1


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ModelError("model 'x' is not there"), ModelError),
        (WorkerError("no"), WorkerError),
        (torch.AcceleratorError("CUDA error: device-side assert triggered", 710), DeviceLostError),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), DeviceLostError),
    ],
)
@pytest.mark.parametrize("stage", ["prepare", "forward", "assemble"])
def test_the_workers_faults_are_raised_and_charged_to_nobody(
    analysis: CountingAnalysis, stage: str, error: Exception, fault: type[Exception]
) -> None:
    analysis.errors[stage, "bad"] = error
    with pytest.raises(fault):
        Engine(analysis).run(documents_of(["fine", "bad"]), OPTIONS)


def test_too_large_a_batch_is_halved_charges_nobody_and_is_remembered(
    analysis: CountingAnalysis,
) -> None:
    analysis.memory = 40
    engine = Engine(analysis)
    assert labels(engine.run(documents_of(["1234"] * 64), OPTIONS)) == ["4"] * 64
    assert engine.batch_tokens() <= 40
    analysis.batches.clear()
    assert labels(engine.run(documents_of(["1234"] * 64), OPTIONS)) == ["4"] * 64
    assert all(4 * len(batch) <= 40 for batch in analysis.batches)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_a_row_that_does_not_fit_alone_is_charged(
    analysis: CountingAnalysis, error: Exception
) -> None:
    analysis.errors["forward", "vast"] = error
    outcomes = Engine(analysis).run(documents_of(["a", "vast", "b"]), OPTIONS)
    assert labels(outcomes) == ["1", "!", "1"]
    assert isinstance(outcomes[1], Failure) and "memory" in outcomes[1].message


def test_a_row_that_does_not_fit_alone_does_not_make_all_batches_small(
    analysis: CountingAnalysis,
) -> None:
    analysis.memory = 40
    engine = Engine(analysis)
    vast = "v" * 50
    assert labels(engine.run(documents_of(["1234"] * 10 + [vast]), OPTIONS)) == ["4"] * 10 + ["!"]
    assert engine.batch_tokens() > 40
    assert labels(engine.run(documents_of(["1234"] * 64), OPTIONS)) == ["4"] * 64
    assert 20 <= engine.batch_tokens() <= 40


def test_a_forward_that_loses_rows_is_a_fault_not_a_shift(
    analysis: CountingAnalysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "forward", lambda windows, on_progress: [1])
    with pytest.raises(WorkerError, match="1 outputs for 2 windows"):
        Engine(analysis).run(documents_of(["a", "b"]), OPTIONS)
