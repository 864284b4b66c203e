"""What goes wrong in a stream of batches finds its owner there, and the stream goes on."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine as Database

from schema.results import Failure
from schema.tables import JobState
from tests.support.burst import Child, Watched, states
from tests.support.collected import Collected, Jobs, documents_of, job_of
from tests.support.engine_analysis import CountingAnalysis
from tests.support.ledger import make_run
from tests.support.streamed import labels, letters
from tests.workers.engine.test_batch_stream import label_of, packed, threads
from workers.engine.engine import Engine
from workers.errors import WorkerError


def test_memory_that_did_not_suffice_makes_batches_smaller_and_the_stream_goes_on() -> None:
    """Also where each of the jobs that shared the batch would fit by itself."""
    analysis = packed(budget=16)
    analysis.memory = 16
    engine = Engine(analysis)
    texts = (["z" * 16, "zz"], ["x" * 6, "y" * 6])

    def run() -> list[list[str]]:
        analysis.batches.clear()
        jobs = Jobs([job_of(engine, documents_of(some)) for some in texts])
        done = Collected(engine, jobs).done
        assert not jobs.faults
        labels = {number: [label_of(one) for one in outcomes] for number, outcomes in done.items()}
        assert labels == {0: ["16", "2"], 1: ["6", "6"]}
        return analysis.batches

    assert run() == [["z" * 16], ["zz", "x" * 6, "y" * 6], ["zz"], ["x" * 6, "y" * 6]]
    assert engine.batch_tokens("en") == 7
    assert run() == [["z" * 16], ["zz"], ["x" * 6], ["y" * 6]]


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_document_that_fails_is_charged_and_the_stream_goes_on(
    lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis = packed(budget=16)
    monkeypatch.setattr(CountingAnalysis, "lanes", lanes)
    analysis.errors["forward", "bad"] = ValueError("bad, says the model")
    engine = Engine(analysis)
    texts = (["bad", "good" * 4], ["fine" * 3, "x|bad|y"], ["a" * 5, "b" * 6])
    jobs = Jobs([job_of(engine, documents_of(some)) for some in texts])
    with threads(lanes):
        coming = Collected(engine, jobs)
    assert not jobs.faults
    outcomes = {
        (number, one.document_id): one for number in coming.done for one in coming.done[number]
    }
    failures = {key for key, one in outcomes.items() if isinstance(one.outcome, Failure)}
    assert failures == {(0, 0), (1, 1)}
    for key in failures:
        failure = outcomes[key].outcome
        assert isinstance(failure, Failure) and failure.error_class == "ValueError"
        assert "says the model" not in failure.message
    labels = {key: label_of(one) for key, one in outcomes.items() if key not in failures}
    assert labels == {(0, 1): "16", (1, 0): "12", (2, 0): "5", (2, 1): "6"}
    # Before anybody was charged, a harmless document went through.
    assert sum("parcel" in batch[0] for batch in analysis.batches) == 2


def test_what_has_passed_by_then_charges_nobody() -> None:
    analysis = packed(budget=16)
    analysis.errors["forward", "b"] = ValueError("just now")
    engine = Engine(analysis)

    def step() -> None:
        # Whoever failed has failed alone by then.
        if ["b"] in analysis.batches:
            analysis.errors.clear()

    texts = (["b", "aa"], ["cc"])
    jobs = Jobs([job_of(engine, documents_of(some)) for some in texts], step)
    assert [label_of(one) for one in Collected(engine, jobs).done[0]] == ["1", "2"]
    assert not jobs.faults


def test_where_many_of_a_batch_fail_the_jobs_go_one_by_one() -> None:
    analysis = packed(budget=16)
    analysis.errors["forward", "b"] = ValueError("b")
    engine = Engine(analysis)
    jobs = Jobs([job_of(engine, documents_of(some)) for some in (["b"] * 6, ["cc"])])
    assert Collected(engine, jobs).done == {}
    assert [type(fault) for fault in jobs.faults] == [ValueError]


def test_where_no_document_goes_through_nobody_is_charged() -> None:
    analysis = packed(budget=16)
    analysis.errors["forward", ""] = ValueError("whatever it is given")
    engine = Engine(analysis)
    jobs = Jobs([job_of(engine, documents_of(["a", "b"]))])
    with pytest.raises(WorkerError, match="no document goes through"):
        next(engine.compute(jobs, jobs))


def test_a_document_that_fails_in_a_stream_is_a_dead_letter(
    engine: Database, redis_url: str, child: Child
) -> None:
    analysis = Watched()
    analysis.packed, analysis.budget = True, 16
    analysis.errors["forward", "bad"] = ValueError("bad word")
    child = Child(engine, child.board, analysis)
    make_run(engine, ["first", "bad word", "fine", "last"], job_size=2)
    child.send()
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2
    assert letters(engine) == [("ValueError", 1)]
    assert labels(engine) == ["5", "4", "4"]
