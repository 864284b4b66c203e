"""The engine: order, batches, counters, and what it makes of jobs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure
from tests.support.collected import Jobs, exclusive_job_of, outcomes_of
from tests.support.engine_analysis import CountingAnalysis, documents_of, labels
from workers.engine.counters import Counters
from workers.engine.engine import Engine
from workers.runtime.progress import Interruption

OPTIONS = RunOptions()


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
