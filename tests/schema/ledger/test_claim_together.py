"""Jobs of the same documents are claimed together, and each as if it were alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.begin import begin
from schema.ledger.cancel import cancel
from schema.ledger.claim import Claim, UnknownOptionsError, claim, claim_together
from schema.ledger.dispatch import dispatch
from schema.ledger.finish import finish
from schema.ledger.pause import pause
from schema.ledger.reap import reap
from schema.ledger.release import disown, release
from schema.tables import Job, JobState, Run
from tests.support.ledger import jobs, make_run
from tests.support.working import outcomes

ANALYSES = ("sentiment", "entities", "qa")
LEASE = 60.0


def together(engine: Engine, job: Job, *, ahead: bool = False, worker: str = "a/0") -> list[Claim]:
    """Claim a job with its siblings for sentiment and entities."""
    others = [name for name in ANALYSES[:2] if name != job.analysis]
    return claim_together(engine, job.id, [job.analysis, *others], worker, LEASE, ahead=ahead)


def analyses(claims: Sequence[Claim]) -> list[str]:
    return [one.analysis for one in claims]


def change(engine: Engine, job: Job, **values: Any) -> None:
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.id == job.id).values(**values))


@pytest.mark.parametrize("ahead", [False, True])
def test_each_has_a_fence_a_lease_and_an_attempt_of_its_own(engine: Engine, ahead: bool) -> None:
    make_run(engine, "abcd", ANALYSES, job_size=2)
    first, second, third, *later = jobs(engine)
    dispatch(engine, lambda *_, **__: None, "sentiment", 1)
    claims = together(engine, second, ahead=ahead)
    assert analyses(claims) == ["entities", "sentiment"]
    assert [one.job_id for one in claims] == [second.id, first.id]
    for job in jobs(engine)[:2]:
        assert (job.state, job.fence, job.worker) == (JobState.RUNNING, 1, "a/0")
        assert job.attempts == (0 if ahead else 1) and job.lease_until is not None
        assert (job.started_at is None) == ahead
    assert {job.state for job in jobs(engine)[2:]} == {JobState.PENDING}
    assert not together(engine, first) and claim(engine, third.id, "qa", "b/0", LEASE)
    assert [job.attempts for job in later] == [0, 0, 0]


def test_each_is_begun_finished_and_released_by_itself(engine: Engine) -> None:
    make_run(engine, "ab", ANALYSES[:2])
    first, _ = jobs(engine)
    sentiment, entities = together(engine, first, ahead=True)
    begun = begin(engine, sentiment)
    assert begun and begun.attempts == 1
    assert [job.attempts for job in jobs(engine)] == [1, 0]
    assert release(engine, entities)
    assert finish(engine, begun, outcomes(engine, begun))
    assert [(job.state, job.attempts) for job in jobs(engine)] == [
        (JobState.DONE, 1),
        (JobState.PENDING, 0),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"state": JobState.DONE},
        {"state": JobState.DEAD},
        {"state": JobState.CANCELLED},
        {"state": JobState.RUNNING},
        {"attempts": 1},
        {"not_before": after(60)},
        {"end_position": 1},
        {"first_position": 1},
    ],
    ids=lambda values: next(iter(values)) + str(next(iter(values.values())))[:9],
)
def test_a_sibling_that_is_not_there_to_be_taken_is_simply_not(
    engine: Engine, values: dict[str, Any]
) -> None:
    """Done, given up, somebody else's, tried before, not due, or halved."""
    make_run(engine, "ab", ANALYSES[:2])
    first, second = jobs(engine)
    change(engine, second, **values)
    assert analyses(together(engine, first)) == ["sentiment"]
    assert jobs(engine)[1].fence == 0


def test_a_job_that_was_tried_takes_no_sibling_along(engine: Engine) -> None:
    make_run(engine, "ab", ANALYSES[:2])
    first, _ = jobs(engine)
    change(engine, first, attempts=1)
    assert analyses(together(engine, first)) == ["sentiment"]


def test_what_was_released_uncharged_goes_with_its_siblings_again(engine: Engine) -> None:
    make_run(engine, "ab", ANALYSES[:2])
    first, second = jobs(engine)
    for one in together(engine, first):
        assert release(engine, one)
    claims = together(engine, second)
    assert analyses(claims) == ["entities", "sentiment"]
    assert [one.fence for one in claims] == [2, 2]


def test_after_their_worker_is_gone_each_goes_alone(engine: Engine) -> None:
    make_run(engine, "ab", ANALYSES[:2])
    first, second = jobs(engine)
    together(engine, first)
    for job in (first, second):
        change(engine, job, lease_until=after(-1))
    reap(engine, 3)
    assert [(job.state, job.attempts) for job in jobs(engine)] == [(JobState.PENDING, 1)] * 2
    assert analyses(together(engine, first)) == ["sentiment"]
    assert analyses(together(engine, second)) == ["entities"]


def test_nothing_is_taken_of_a_run_that_is_paused_or_cancelled(engine: Engine) -> None:
    run = make_run(engine, "ab", ANALYSES[:2])
    first, second = jobs(engine)
    pause(engine, run)
    assert together(engine, first) == []
    cancel(engine, run)
    assert together(engine, second) == []


def test_an_unknown_option_takes_nothing(engine: Engine) -> None:
    make_run(engine, "ab", ANALYSES[:2])
    with writing(engine) as connection:
        connection.execute(update(Run).values(options={"tone": "kind"}))
    with pytest.raises(UnknownOptionsError, match="tone"):
        together(engine, jobs(engine)[0])
    assert [job.fence for job in jobs(engine)] == [0, 0]


@pytest.mark.parametrize("ahead", [False, True])
def test_claims_whose_answer_was_lost_are_all_disowned(engine: Engine, ahead: bool) -> None:
    make_run(engine, "abcd", ANALYSES[:2], job_size=2)
    first, _, other, _ = jobs(engine)
    together(engine, first, ahead=ahead)
    together(engine, other, ahead=ahead)
    assert disown(engine, first.id, "a/0", ahead=ahead)
    assert [(job.state, job.attempts) for job in jobs(engine)[:2]] == [(JobState.PENDING, 0)] * 2
    assert {job.state for job in jobs(engine)[2:]} == {JobState.RUNNING}
    assert not disown(engine, other.id, "b/0", ahead=ahead)


def test_workers_that_each_come_by_another_message_never_wait_for_each_other(
    engine: Engine,
) -> None:
    """Each slice is claimed by one of them, or shared out; nobody is broken off."""
    make_run(engine, "a" * 30, ANALYSES[:2], job_size=1)
    found = jobs(engine)
    taken: list[Claim] = []
    errors: list[Exception] = []
    start = threading.Barrier(2)

    def work(analysis: str) -> None:
        start.wait()
        for job in found:
            if job.analysis == analysis:
                try:
                    taken.extend(together(engine, job, worker=f"{analysis}/0"))
                except Exception as error:
                    errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in ANALYSES[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(one.job_id for one in taken) == [job.id for job in found]
    assert {job.fence for job in jobs(engine)} == {1}
