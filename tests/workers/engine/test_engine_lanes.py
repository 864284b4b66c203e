"""The engine in lanes: several batches at once, and the same outcomes and blame as one by one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
import torch

from schema.options import RunOptions
from schema.results import Failure
from tests.support.collected import Jobs, exclusive_job_of
from tests.support.engine_analysis import CountingAnalysis, documents_of
from workers.analysis import Window
from workers.engine.engine import Engine
from workers.errors import WorkerError
from workers.runtime.progress import Interruption

OPTIONS = RunOptions()
TEXTS = [f"{'x' * length}|y" for length in range(1, 60)]


class Beside(CountingAnalysis):
    """Takes lanes; the first forward of each waits until all have begun theirs."""

    lanes = 3

    def __init__(self) -> None:
        super().__init__()
        self.budget = 40
        self.threads: set[str] = set()
        self._all_have_begun = threading.Barrier(self.lanes, timeout=60)

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[int]:
        name = threading.current_thread().name
        if name.startswith("lane-") and name not in self.threads:
            self.threads.add(name)
            self._all_have_begun.wait()
        return super().forward(windows, on_progress)


@pytest.fixture(autouse=True)
def _three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(Beside.lanes)
    yield
    torch.set_num_threads(before)


def one_by_one() -> CountingAnalysis:
    analysis = CountingAnalysis()
    analysis.budget = Beside().budget
    return analysis


def test_outcomes_are_those_of_one_batch_after_the_other() -> None:
    analysis = Beside()
    documents = documents_of(TEXTS)
    expected = Engine(one_by_one()).run(documents, OPTIONS)
    engine = Engine(analysis)
    assert engine.run(documents, OPTIONS) == expected
    assert analysis.threads == {"lane-0", "lane-1", "lane-2"}
    assert engine.counters.tokens == sum(len(text) - 1 for text in TEXTS)
    assert engine.counters.seconds > 0


def test_little_work_takes_no_lanes() -> None:
    analysis = Beside()
    Engine(analysis).run(documents_of(["xx", "yy"]), OPTIONS)
    assert analysis.threads == set()


def test_work_for_a_part_of_a_batch_is_shared_out() -> None:
    analysis = Beside()
    documents = documents_of(["x" * 10] * analysis.lanes)
    assert Engine(analysis).run(documents, OPTIONS) == Engine(one_by_one()).run(documents, OPTIONS)
    assert len(analysis.threads) == analysis.lanes


def test_lanes_of_one_queue_are_taken_for_any_work() -> None:
    """One GPU computes the batches of all: they are to be prepared and read side by side."""

    class Queued(Beside):
        queues = True

    texts = ["x" * 9, "x" * 9, "x" * 7]
    Engine(alone := one_by_one()).run(documents_of(texts), OPTIONS)
    Engine(beside := Queued()).run(documents_of(texts), OPTIONS)
    assert len(alone.batches) == 1
    assert len(beside.batches) == len(beside.threads) == beside.lanes


def test_every_document_that_fails_is_charged_and_no_other() -> None:
    analysis = Beside()
    analysis.errors["forward", "bad"] = RuntimeError("poison")
    texts = [*TEXTS, *("bad" * n for n in range(1, 8))]
    outcomes = Engine(analysis).run(documents_of(texts), OPTIONS)
    failed = [text for text, got in zip(texts, outcomes, strict=True) if isinstance(got, Failure)]
    assert failed == texts[len(TEXTS) :]


def test_batches_that_do_not_fit_are_halved_in_every_lane() -> None:
    analysis = Beside()
    analysis.budget, analysis.memory = 200, 70
    engine = Engine(analysis)
    outcomes = engine.run(documents_of(TEXTS), OPTIONS)
    assert not any(isinstance(outcome, Failure) for outcome in outcomes)
    assert engine.batch_tokens() < 200


def test_a_fault_of_the_worker_ends_all_lanes() -> None:
    analysis = Beside()
    analysis.errors["forward", ""] = RuntimeError("nothing works")
    with pytest.raises(WorkerError, match="no document goes through"):
        Engine(analysis).run(documents_of(TEXTS), OPTIONS)


def test_progress_is_told_in_the_thread_that_asked_and_may_end_the_run() -> None:
    told: list[threading.Thread] = []

    def tick() -> None:
        told.append(threading.current_thread())
        if len(told) == 4:
            raise Interruption

    engine = Engine(Beside())
    jobs = Jobs([exclusive_job_of(engine, documents_of(TEXTS), OPTIONS)], tick)
    with pytest.raises(Interruption):
        next(engine.compute(jobs, jobs))
    assert set(told) == {threading.current_thread()}
    assert len(told) == 4
    assert not [one for one in threading.enumerate() if one.name.startswith("lane-")]
