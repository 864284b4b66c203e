"""Replay: dead letters get another go, and nothing that went well is computed again."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import Connection, Engine, event, select, update

from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger.cancel import cancel
from schema.ledger.finish import finish
from schema.ledger.reap import reap
from schema.ledger.replay import REPLAY_LIMIT, SliceCut, cut, make_due, replay
from schema.results.sentiment import SentimentRow
from schema.tables import DeadLetter, Job, JobState
from schema.verification import verify
from tests.support.ledger import jobs, make_run
from tests.support.working import claim_all, outcomes, work

pytestmark = pytest.mark.slow

TEXTS = [f"text {number}" for number in range(20)]


def slices(engine: Engine, analysis: str = "sentiment") -> list[tuple[int, int, str]]:
    found = [
        (job.first_position, job.end_position, job.state)
        for job in jobs(engine)
        if job.analysis == analysis
    ]
    return sorted(found)


def letters(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(DeadLetter.document_id)).all())


@pytest.mark.parametrize(
    ("dead", "expected"),
    [
        ([], [(0, 10, False)]),
        ([0], [(0, 1, True), (1, 10, False)]),
        ([9], [(0, 9, False), (9, 10, True)]),
        ([4], [(0, 4, False), (4, 5, True), (5, 10, False)]),
        ([2, 3, 7], [(0, 2, False), (2, 4, True), (4, 7, False), (7, 8, True), (8, 10, False)]),
        ([*range(10)], [(0, 4, True), (4, 8, True), (8, 10, True)]),
        ([0, 1, 2, 3, 4], [(0, 4, True), (4, 5, True), (5, 10, False)]),
    ],
)
def test_cut(dead: list[int], expected: list[tuple[int, int, bool]]) -> None:
    assert cut(0, 10, dead, 4) == [SliceCut(*one) for one in expected]


def test_just_the_dead_are_done_again(engine: Engine) -> None:
    run = make_run(engine, TEXTS, ("sentiment", "summary"))
    failing = {"text 0", "text 4", "text 5", "text 19"}
    work(engine, run, failing)
    with writing(engine) as connection:
        connection.execute(update(Job).values(seconds=10.0))
    before = {job.id: job for job in jobs(engine)}
    with reading(engine) as connection:
        kept = connection.execute(select(SentimentRow.__table__)).all()

    assert replay(engine, run, "sentiment", job_size=64) == Counter(sentiment=4)
    done, pending = JobState.DONE, JobState.PENDING
    assert slices(engine) == [
        (0, 1, pending),
        (1, 4, done),
        (4, 6, pending),
        (6, 10, done),
        (10, 19, done),
        (19, 20, pending),
    ]
    assert slices(engine, "summary") == [(0, 10, done), (10, 20, done)]
    assert verify(engine) == []
    found = [job for job in jobs(engine) if job.analysis == "sentiment"]
    assert {job.seconds for job in found if job.state == done} == {3.0, 4.0, 9.0}
    assert {job.failed for job in found} == {0}
    for job in found:
        if job.state == pending:
            assert (job.attempts, job.worker, job.started_at, job.finished_at) == (0,) + (None,) * 3
            assert (job.error_class, job.error_message, job.lease_until) == (None,) * 3
        else:
            assert (job.attempts, job.worker) == (1, "node/0")
    # A zombie of the first claim must not be taken for a holder of the next.
    assert all(job.fence == before[job.id].fence for job in found if job.id in before)

    assert work(engine, run) == 4
    assert verify(engine) == []
    with reading(engine) as connection:
        rows = connection.execute(select(SentimentRow.__table__)).all()
    assert len(rows) == 20
    assert set(kept) <= set(rows)
    assert letters(engine) == 4


def test_a_dead_job_gets_another_go(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"], job_size=1)
    for _ in range(3):
        claim_all(engine, run)
        with writing(engine) as connection:
            running = Job.state == JobState.RUNNING
            connection.execute(update(Job).where(running).values(lease_until=after(-1)))
        reap(engine, 3)
    assert {job.state for job in jobs(engine)} == {JobState.DEAD}
    assert replay(engine, run, job_size=64) == Counter(sentiment=2)
    assert {(job.state, job.attempts) for job in jobs(engine)} == {(JobState.PENDING, 0)}
    assert verify(engine) == []
    work(engine, run)
    assert verify(engine) == []
    assert letters(engine) == 0


def test_what_fails_again_is_a_dead_letter_again(engine: Engine) -> None:
    run = make_run(engine, TEXTS)
    for _ in range(3):
        work(engine, run, {"text 3"})
        assert letters(engine) == 1
        assert verify(engine) == []
        assert replay(engine, run, job_size=64) == Counter(sentiment=1)
        assert letters(engine) == 0
        assert verify(engine) == []
    assert replay(engine, run, job_size=64) == Counter()


def test_many_jobs_are_replayed_in_several_transactions(engine: Engine) -> None:
    texts = [f"text {number}" for number in range(2 * (REPLAY_LIMIT + 1))]
    run = make_run(engine, texts, job_size=2)
    work(engine, run, set(texts[::2]))
    replayed = replay(engine, run, job_size=64)
    assert replayed == Counter(sentiment=REPLAY_LIMIT + 1)
    assert verify(engine) == []
    assert work(engine, run) == REPLAY_LIMIT + 1


def test_what_fails_again_at_once_is_not_replayed_twice(engine: Engine) -> None:
    """Workers are so quick that they do each new job before the replay looks for more."""
    run = make_run(engine, ["a", "b", "c", "d"])
    failing = {"b", "d"}
    work(engine, run, failing)
    at_work = False

    def do_all(connection: Connection) -> None:
        nonlocal at_work
        looks = connection.get_execution_options().get("triage_read_only", False)
        if looks and not at_work:
            at_work = True
            work(engine, run, failing)
            at_work = False

    event.listen(engine, "begin", do_all)
    try:
        assert replay(engine, run, job_size=64) == Counter(sentiment=2)
    finally:
        event.remove(engine, "begin", do_all)
    assert letters(engine) == 2
    assert {job.state for job in jobs(engine)} == {JobState.DONE}
    assert verify(engine) == []


def test_replays_at_once_replay_each_document_once(engine: Engine) -> None:
    run = make_run(engine, TEXTS, job_size=2)
    for _ in range(5):
        work(engine, run, set(TEXTS[::3]))
        total: Counter[str] = Counter()
        start = threading.Barrier(4)

        def go(total: Counter[str] = total, start: threading.Barrier = start) -> None:
            start.wait()
            total.update(replay(engine, run, job_size=64))

        threads = [threading.Thread(target=go) for _ in range(3)]
        for thread in threads:
            thread.start()
        start.wait()
        for thread in threads:
            thread.join()
        assert total == Counter(sentiment=7)
        assert verify(engine) == []


def test_a_cancelled_run_is_left_alone(engine: Engine) -> None:
    run = make_run(engine, TEXTS)
    work(engine, run, {"text 3"})
    cancel(engine, run)
    assert replay(engine, run, job_size=64) == Counter()
    assert letters(engine) == 1
    assert verify(engine) == []


def test_a_late_finish_of_an_older_claim_changes_nothing(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"], job_size=2)
    (claimed,) = claim_all(engine, run)
    made = outcomes(engine, claimed, {"a"})
    assert finish(engine, claimed, made)
    replay(engine, run, job_size=64)
    assert not finish(engine, claimed, made)
    claim_all(engine, run)
    assert not finish(engine, claimed, made)
    assert verify(engine) == []


def test_jobs_that_wait_out_a_back_off_become_due(engine: Engine) -> None:
    run = make_run(engine, TEXTS, ("sentiment", "summary"))
    other = make_run(engine, TEXTS, name="other")
    with writing(engine) as connection:
        connection.execute(update(Job).values(not_before=after(300)))
    assert claim_all(engine) == []
    assert make_due(engine, run, "summary") == 2
    assert {one.analysis for one in claim_all(engine)} == {"summary"}
    assert make_due(engine, run) == 2
    assert make_due(engine, run) == 0
    assert len(claim_all(engine)) == 2
    assert claim_all(engine, other) == []
