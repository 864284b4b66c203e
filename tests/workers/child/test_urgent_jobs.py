"""A small run beside a large one in one worker; in the order of what is computed, no clock."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine as Database

from tests.support.burst import PATIENCE, Child, Watched, states
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until
from workers.child import prefetch

#: Each is a batch by itself.
LARGE = [letter * 8 for letter in "abcdef"]
#: Documents of the large run that are urgent.
FIRST = 2


@pytest.fixture
def streaming(
    engine: Database, redis_url: str, child: Child, monkeypatch: pytest.MonkeyPatch
) -> Child:
    """A child that computes a large run's second job, whose documents lie behind the first."""
    monkeypatch.setattr("workers.child.claimed_job.FIRST_DOCUMENTS", FIRST)
    monkeypatch.setattr(prefetch, "URGENT_LOOK", 0.0)
    analysis = Watched()
    analysis.packed, analysis.budget = True, 8
    return Child(engine, child.board, analysis)


def test_an_urgent_job_is_computed_before_the_rest_of_a_large_one(
    engine: Database, streaming: Child
) -> None:
    make_run(engine, ["1", "2", *LARGE], job_size=FIRST, name="large")
    first, *later = [job.id for job in jobs(engine)]

    def small_run_comes() -> None:
        # What the thread that takes jobs ahead is at, it ends first.
        wait_until(lambda: streaming.context.prefetcher.is_ready, PATIENCE)
        run = make_run(engine, ["x", "y"], job_size=2, name="small")
        (job,) = jobs(engine, run)
        streaming.messages.publish("sentiment", [job.id], urgent=True)

    streaming.analysis.on_forward[LARGE[0]] = small_run_comes
    streaming.messages.publish("sentiment", later[1:], urgent=False)
    streaming.runner.run_message("sentiment", later[0])
    computed = streaming.computed
    assert computed[:3] == [LARGE[0], "x", "y"]
    assert {*computed} >= {*LARGE}
    done = {job.id: job.state for job in jobs(engine)}
    assert all(done[job] == "done" for job in done if job != first)
    assert {attempts for _, attempts in states(engine)} <= {0, 1}


def test_a_worker_with_urgent_jobs_alone_takes_one_of_a_large_run(
    engine: Database, streaming: Child
) -> None:
    """Though urgent ones wait: those it looks for anyway."""
    make_run(engine, ["1", "2", *LARGE], job_size=FIRST, name="large")
    urgent, *later = [job.id for job in jobs(engine)]
    run = make_run(engine, list("uvwxyz"), job_size=1, name="small")
    small = [job.id for job in jobs(engine, run)]
    streaming.messages.publish("sentiment", small, urgent=True)
    streaming.messages.publish("sentiment", later, urgent=False)
    streaming.runner.run_message("sentiment", urgent)
    computed = streaming.computed
    assert {*computed} >= {"1", "2", *LARGE, *"uvwxyz"}
    # Before the last of the small ones.
    assert computed.index(LARGE[0]) < max(map(computed.index, "uvwxyz"))
