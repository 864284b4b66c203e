"""A burst of jobs: while one is computed, the next is made ready and the last one written."""

from __future__ import annotations

import logging
import threading

import pytest
from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.status.progress import run_progress
from schema.status.workers import all_worker_status
from schema.tables import AbstentionRow, DocumentRow, JobState
from schema.verification import verify
from tests.support.burst import PATIENCE, Child, is_prefetched, states
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until
from workers.child import job_source


def test_the_next_job_is_tokenised_while_this_one_is_computed(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    tokenised = threading.Event()
    child.analysis.on_prepare["second"] = tokenised.set

    def wait() -> None:
        assert tokenised.wait(PATIENCE)
        assert is_prefetched(engine)
        assert not child.messages.depth("sentiment"), "its message is used up"

    child.analysis.on_forward["first"] = wait
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2
    assert child.computed == ["first", "second"]
    # The first had nobody to look ahead for it; and models are the main thread's alone.
    assert child.analysis.threads == {("prepare", True), ("prepare", False), ("forward", True)}


def test_the_last_job_is_written_while_the_next_one_is_computed(
    engine: Engine, child: Child
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.analysis.on_forward["second"] = lambda: wait_until(
        lambda: states(engine)[0] == (JobState.DONE, 1), PATIENCE
    )
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2


def test_jobs_are_computed_in_the_order_of_the_queue(engine: Engine, child: Child) -> None:
    make_run(engine, [str(number) for number in range(12)], job_size=1)
    child.send(3)
    child.work()
    assert child.computed == [str(number) for number in range(12)]
    assert states(engine) == [(JobState.DONE, 1)] * 12


def test_a_burst_ends_in_time_and_leaves_the_queue_as_it_is(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_source, "BURST_SECONDS", 0)
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.work()
    assert states(engine) == [(JobState.DONE, 1), (JobState.QUEUED, 0)]
    assert child.messages.depth("sentiment") == 1


def test_a_late_message_is_passed_over(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second", "third"], job_size=1)
    child.send()
    # As when Redis is restarted: the first message comes a second time.
    child.messages.publish("sentiment", [jobs(engine)[0].id])
    child.analysis.on_forward["third"] = lambda: child.messages.publish("sentiment", [999_999])
    child.work()
    assert child.computed == ["first", "second", "third"]
    assert states(engine) == [(JobState.DONE, 1)] * 3


def test_tokenising_ahead_that_hangs_is_seen_by_the_parent(engine: Engine, child: Child) -> None:
    """As when it loads a model: the child that waits for it says until when it will."""
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.analysis.on_prepare["second"] = lambda: wait_until(
        # The first is written, and nothing else is to be waited for.
        lambda: states(engine)[0] == (JobState.DONE, 1) and child.deadline() > 0,
        PATIENCE,
    )
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2
    assert child.deadline() == 0


def test_each_job_is_told_in_a_line_and_the_worker_says_how_quick_it_is(
    engine: Engine, child: Child, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    child.analysis.budget = 10
    make_run(engine, ["12345", "23456", "34567", "45678"])
    child.send()
    child.work()
    number = jobs(engine)[0].id
    assert f"job {number}: 4 documents, 20 tokens in 2 batches, 0 % padding, 100 % full" in (
        caplog.text
    )
    with reading(engine) as connection:
        (worker,) = all_worker_status(connection)
    said = worker.throughput
    assert (said.padding, said.batch_fill) == (0, 1)
    assert said.tokens_per_second and said.forward_share and 0 < said.forward_share <= 1


def test_what_waits_for_a_job_is_sent_when_that_is_written(engine: Engine, child: Child) -> None:
    analyses = ("sentiment", "entities")
    make_run(engine, ["first"], analyses, needs={"entities": ["sentiment"]})
    child.send()
    child.work()
    assert [job.state for job in jobs(engine)] == [JobState.DONE, JobState.QUEUED]
    assert child.messages.depth("entities") == 1


def test_what_a_model_does_not_read_is_written_as_such(engine: Engine, child: Child) -> None:
    child.analysis.languages = frozenset({"en"})
    run = make_run(engine, ["good", "gut", "neutre"], job_size=2, needs={"sentiment": []})
    with writing(engine) as connection:
        for text, language in (("gut", "de"), ("neutre", "fr")):
            own = update(DocumentRow).where(DocumentRow.text == text)
            connection.execute(own.values(language=language))
    child.send()
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2
    assert child.computed == ["good"]
    assert verify(engine, run) == []
    with reading(engine) as connection:
        reasons = connection.execute(select(AbstentionRow.reason)).scalars().all()
        (sentiment,) = run_progress(connection, "run").analyses
    assert sorted(reasons) == ["language de", "language fr"]
    assert (sentiment.done, sentiment.abstained) == (1, 2)
