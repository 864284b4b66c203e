"""The engine: order, batches, and that every fault finds its owner."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure, Result
from schema.results.sentiment import Sentiment
from tests.support.collected import Jobs, exclusive_job_of, outcomes_of
from tests.support.engine_analysis import CountingAnalysis, documents_of
from workers.engine.counters import Counters
from workers.engine.engine import Engine
from workers.errors import DeviceLostError, ModelError, WorkerError
from workers.runtime.progress import Interruption

OPTIONS = RunOptions()


@pytest.fixture
def analysis() -> CountingAnalysis:
    return CountingAnalysis()


def labels(outcomes: Sequence[Sequence[Result] | Failure | Abstention]) -> list[str]:
    """The label of each result, `!` for a failure."""
    found = []
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            found.append("!")
        else:
            assert not isinstance(outcome, Abstention)
            (result,) = outcome
            assert isinstance(result, Sentiment)
            found.append(result.label)
    return found


@given(
    st.lists(st.text("ab|", max_size=20).filter(lambda text: text != "no"), max_size=30),
    st.integers(1, 60),
)
def test_results_are_in_input_order_whatever_the_batches(texts: list[str], budget: int) -> None:
    analysis = CountingAnalysis()
    analysis.budget = budget
    outcomes = Engine(analysis).run(documents_of(texts), OPTIONS)
    assert labels(outcomes) == [str(len(text.replace("|", ""))) for text in texts]


def test_no_documents_no_forward(analysis: CountingAnalysis) -> None:
    assert Engine(analysis).run([], OPTIONS) == []
    assert analysis.batches == []


def test_a_document_without_windows_needs_no_model(analysis: CountingAnalysis) -> None:
    (outcome,) = outcomes_of(Engine(analysis), [Document(7, "")], OPTIONS)
    assert (outcome.document_id, outcome.model) == (7, None)
    assert analysis.batches == []


def test_outcomes_name_the_document_and_its_model(analysis: CountingAnalysis) -> None:
    documents = [Document(7, "seven"), Document(3, "no")]
    outcomes = outcomes_of(Engine(analysis), documents, OPTIONS)
    assert [outcome.document_id for outcome in outcomes] == [7, 3]
    assert outcomes[0].model == analysis.provenance()[0]
    assert outcomes[1].outcome == Failure("DocumentError", "it says no")
    assert outcomes[1].model is None


def test_progress_is_told_after_tokenising_and_every_batch(analysis: CountingAnalysis) -> None:
    analysis.budget = 10
    ticks: list[int] = []
    engine = Engine(analysis)
    job = exclusive_job_of(engine, documents_of(["12345"] * 7), OPTIONS)
    jobs = Jobs([job], lambda: ticks.append(len(analysis.batches)))
    assert len(list(engine.compute(jobs, jobs))) == 1
    assert ticks == [0, 1, 2, 3, 4]


def test_counters_count_tokens_and_padding(analysis: CountingAnalysis) -> None:
    engine = Engine(analysis)
    engine.run(documents_of(["1234", "12", "1"]), OPTIONS)
    counters = engine.counters
    assert (counters.forwards, counters.tokens, counters.padded_tokens) == (1, 7, 12)
    assert counters.padding == pytest.approx(5 / 12)
    assert counters.seconds > 0


def test_counters_count_how_full_batches_are(analysis: CountingAnalysis) -> None:
    analysis.budget = 16
    engine = Engine(analysis)
    # 4 rows of 4 fill a batch; 2 are left; a row beyond the budget is full by itself.
    engine.run(documents_of(["1234"] * 6 + ["x" * 20]), OPTIONS)
    assert (engine.counters.padded_tokens, engine.counters.room) == (44, 16 + 16 + 20)
    assert engine.counters.fill == pytest.approx(44 / 52)


def test_nothing_done_is_nothing_padded() -> None:
    assert (Counters().padding, Counters().fill) == (0, 0)


def test_a_model_that_packs_is_given_as_many_tokens_as_it_takes(
    analysis: CountingAnalysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CountingAnalysis, "packs", True)
    analysis.budget = 10
    engine = Engine(analysis)
    outcomes = engine.run(documents_of(["1234567", "1", "1", "1", "12"]), OPTIONS)
    assert labels(outcomes) == ["7", "1", "1", "1", "2"]
    assert analysis.batches == [["1234567", "12", "1"], ["1", "1"]]
    assert (engine.counters.padding, engine.counters.fill) == (0, 12 / 20)


@pytest.mark.parametrize("error", [Interruption(), SystemExit(0), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("call", [2, 3, 6])
def test_what_progress_raises_ends_the_run_and_charges_nobody(
    analysis: CountingAnalysis, error: BaseException, call: int
) -> None:
    """Out of a forward as well, where everything else is held against its documents."""
    analysis.budget, analysis.tells = 10, 3
    calls: list[int] = []

    def tick() -> None:
        calls.append(len(calls))
        if len(calls) == call:
            raise error

    engine = Engine(analysis)
    jobs = Jobs([exclusive_job_of(engine, documents_of(["12345"] * 7), OPTIONS)], tick)
    with pytest.raises(type(error)) as raised:
        next(engine.compute(jobs, jobs))
    assert raised.value is error
    # Nothing was tried again, halved, or acquitted; and the next run hears nothing of it.
    assert (len(calls), len(analysis.batches)) == (call, (call + 2) // 4)
    assert engine.batch_tokens() == 10
    assert labels(engine.run(documents_of(["12345"] * 7), OPTIONS)) == ["5"] * 7
    assert len(calls) == call


def test_what_was_prepared_ahead_is_not_prepared_again(
    analysis: CountingAnalysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(analysis)
    documents = documents_of(["one", "no", "three"])
    jobs = Jobs([exclusive_job_of(engine, documents, OPTIONS)])
    analysis.errors["prepare", ""] = ValueError("prepared twice")
    (finished,) = engine.compute(jobs, jobs)
    assert labels([outcome.outcome for outcome in finished.outcomes]) == ["3", "!", "5"]


def test_whoever_tokenises_beside_the_model_blames_nobody(analysis: CountingAnalysis) -> None:
    analysis.errors["prepare", "bad"] = ValueError("bad")
    documents = documents_of(["one", "bad"])
    with pytest.raises(ValueError, match="bad"):
        Engine(analysis).tokenise(documents, OPTIONS)
    assert analysis.batches == []
    windows, error = Engine(analysis).prepare(documents, OPTIONS)
    assert isinstance(windows, list) and isinstance(error, ValueError)
    assert len(analysis.batches) == 1, "the canary's"


def test_jobs_that_go_by_themselves_are_computed_as_they_are_asked_for(
    analysis: CountingAnalysis,
) -> None:
    engine = Engine(analysis)
    texts = (["a", "bb"], ["ccc"])
    jobs = Jobs([exclusive_job_of(engine, documents_of(some), OPTIONS) for some in texts])
    finished_jobs = engine.compute(jobs, jobs)
    finished = next(finished_jobs)
    assert finished.job.id == 0
    assert labels([outcome.outcome for outcome in finished.outcomes]) == ["1", "2"]
    assert (finished.counters.tokens, len(analysis.batches), len(jobs.remaining)) == (3, 1, 1)
    finished = next(finished_jobs)
    assert (finished.job.id, finished.counters.tokens) == (1, 3)
    assert next(finished_jobs, None) is None


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
