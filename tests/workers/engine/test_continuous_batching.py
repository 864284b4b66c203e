"""Continuous batching, through real models: the same outcomes as job by job, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

from schema.catalog import Catalog
from schema.document import Document
from schema.results import Failure
from tests.support.alike import alike
from tests.support.collected import (
    OPTIONS,
    Collected,
    Jobs,
    documents_of,
    job_of,
    outcomes_of,
)
from tests.support.streamed import Streamed
from workers.analyses import load_analysis
from workers.engine.engine import Engine
from workers.engine.jobs import PreparedJob
from workers.runtime.progress import Interruption

SIZES = (3, 1, 7, 2, 11)


@pytest.mark.parametrize("name", ["summary", "translation"])
@pytest.mark.parametrize("target", [4, 1000])
def test_outcomes_are_those_of_each_batch_by_itself(
    tiny_catalog: Catalog, monkeypatch: pytest.MonkeyPatch, name: str, target: int
) -> None:
    engine = Engine(load_analysis(name, tiny_catalog, "cpu"))
    monkeypatch.setattr("workers.decoding.Decoder.queue_target", property(lambda _: target))
    texts = [f"The parcel {number} arrived late. " * (number % 5 + 1) for number in range(23)]
    long = "The box broke on the way. " * 100
    batches = []
    for size in SIZES:
        some, texts = texts[:size], texts[size:]
        batches.append(documents_of([*some, long] if size == 2 else some))
    expected = [outcomes_of(engine, documents) for documents in batches]
    jobs = Jobs([job_of(engine, documents) for documents in batches])
    before = engine.counters.copy()
    collected = Collected(engine, jobs)
    assert not jobs.faults and jobs.firsts == 1
    assert alike([collected.done[number] for number in range(len(SIZES))], expected)
    assert collected.counted.tokens == (engine.counters - before).tokens > 0
    # Three documents are not enough, four are; the others come when fewer are waiting.
    assert jobs.waited_for == (1 if target == 4 else 4)


def test_only_jobs_of_one_group_are_computed_together() -> None:
    engine = Engine(Streamed())

    def group(*documents: Document) -> str | None:
        return engine.group_of(engine.prepare(list(documents), OPTIONS))

    assert group(Document(1, "a", "en"), Document(2, "no", "en")) == "en"
    assert group(Document(1, "a", "fr"), Document(2, "b", "en")) is None
    assert group(Document(1, "no", "fr"), Document(2, "", "en")) is None


def test_between_two_results_jobs_are_on_their_way_and_no_step_is_taken() -> None:
    analysis = Streamed(queue_target=2)
    engine = Engine(analysis)
    jobs = Jobs([job_of(engine, documents_of([text])) for text in ("a", "bb", "ccc")])
    finished_jobs = engine.compute(jobs, jobs)
    assert next(finished_jobs).job.id == 0
    assert (analysis.batches, len(jobs.remaining)) == ([["a"]], 1)
    assert next(finished_jobs).job.id == 1
    assert (analysis.batches, jobs.remaining) == ([["a"], ["bb"]], [])
    finished_jobs.close()
    assert analysis.batches == [["a"], ["bb"]]


@pytest.mark.parametrize("stage", ["join", "tick"])
def test_what_a_source_raises_is_no_fault_of_the_model(stage: str) -> None:
    engine = Engine(Streamed())
    jobs = Jobs([job_of(engine, documents_of(["a"]))])
    error = Interruption() if stage == "tick" else KeyError(stage)

    def fail(*_: object, **__: object) -> None:
        raise error

    setattr(jobs, stage, fail)
    with pytest.raises(type(error)) as raised:
        next(engine.compute(jobs, jobs))
    assert raised.value is error
    assert jobs.faults == []


def test_what_the_model_raises_is_told_and_blames_nobody() -> None:
    analysis = Streamed()
    analysis.errors["forward", "bad"] = ValueError("bad")
    engine = Engine(analysis)
    jobs = Jobs([job_of(engine, documents_of(texts)) for texts in (["a", "b"], ["bad", "c"])])
    collected = Collected(engine, jobs)
    assert [str(fault) for fault in jobs.faults] == ["bad"]
    assert list(collected.done) == [0]


def test_jobs_that_the_model_failed_at_are_computed_one_by_one() -> None:
    analysis = Streamed()
    analysis.errors["forward", "bad"] = ValueError("bad")
    engine = Engine(analysis)

    class Again(Jobs):
        given: ClassVar[list[PreparedJob]] = []

        def join(self, group: str, *, wait: bool) -> PreparedJob | None:
            job = super().join(group, wait=wait)
            self.given.extend([job] if job else [])
            return job

        def retry_exclusively(self, error: Exception, job_id: int | None = None) -> None:
            super().retry_exclusively(error)
            self.remaining = [replace(job, group=None) for job in self.given]

    texts = (["a"], ["bad", "c"], ["dd"])
    jobs = Again([job_of(engine, documents_of(some)) for some in texts])
    done = Collected(engine, jobs).done
    assert list(done) == [0, 1, 2]
    failed = [isinstance(one.outcome, Failure) for outcomes in done.values() for one in outcomes]
    assert failed == [False, True, False, False]
    assert analysis.alone[0] == "bad" and analysis.alone[-1] == "dd"
