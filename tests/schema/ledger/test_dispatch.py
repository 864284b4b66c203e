"""Dispatch: a bounded window of messages, runs in turn, and lost messages sent again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.claim import claim
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.resend import find_unclaimed, resend
from schema.results.outcome import Outcome
from schema.results.sentiment import Sentiment
from schema.tables import Job, JobState
from tests.support.ledger import jobs, make_run

LEASE = 30.0


class Outbox:
    """Where dispatch sends to, instead of Redis: which ids, in which order."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    def __call__(self, analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        self.sent += job_ids


def test_dispatch_keeps_a_window(engine: Engine) -> None:
    make_run(engine, ["a"] * 20, job_size=1)
    outbox = Outbox()
    assert dispatch(engine, outbox, "sentiment", window=4) == 4
    assert dispatch(engine, outbox, "sentiment", window=4) == 0, "the window is full"
    assert outbox.sent == [j.id for j in jobs(engine)[:4]]
    for number, job_id in enumerate(outbox.sent[:3]):
        claim(engine, job_id, "sentiment", f"node/{number}", LEASE)
    # Three are busy, one job is queued: three messages for each makes room for eight more.
    assert dispatch(engine, outbox, "sentiment", window=4) == 8
    assert dispatch(engine, outbox, "qa", window=4) == 0


def test_a_worker_with_several_jobs_is_one_worker(engine: Engine) -> None:
    make_run(engine, ["a"] * 20, job_size=1)
    outbox = Outbox()
    dispatch(engine, outbox, "sentiment", window=4)
    for job_id in outbox.sent[:3]:
        claim(engine, job_id, "sentiment", "node/0", LEASE)
    # One job is queued.
    assert dispatch(engine, outbox, "sentiment", window=4) == 3


def test_runs_take_turns(engine: Engine) -> None:
    big = make_run(engine, ["a"] * 50, job_size=1, name="big")
    small = make_run(engine, ["b"] * 2, job_size=1, name="small")
    outbox = Outbox()
    dispatch(engine, outbox, "sentiment", window=6)
    runs = {j.id: j.run_id for j in jobs(engine)}
    assert [runs[job_id] for job_id in outbox.sent] == [big, small, big, small, big, big]


def test_a_small_run_does_not_wait_for_a_large_one_that_came_before(engine: Engine) -> None:
    """One worker, messages in order: the small run's jobs are in the next places that get free."""
    make_run(engine, ["a"] * 60, job_size=1, name="big")
    outbox = Outbox()
    dispatch(engine, outbox, "sentiment", window=4)
    small = make_run(engine, ["b"] * 5, job_size=1, name="small")
    for place in range(20):
        claimed = claim(engine, outbox.sent[place], "sentiment", "node/0", LEASE)
        assert claimed
        documents = read_documents(engine, claimed)
        outcomes = [Outcome(int(d.id), [Sentiment("POSITIVE", 0.9)], None) for d in documents]
        assert finish(engine, claimed, outcomes)
        dispatch(engine, outbox, "sentiment", window=4)
    runs = {j.id: j.run_id for j in jobs(engine)}
    last = max(place for place, job_id in enumerate(outbox.sent) if runs[job_id] == small)
    assert last < 4 + 10


def test_no_more_is_sent_again_than_was_lost(engine: Engine) -> None:
    make_run(engine, ["a"] * 3, job_size=1)
    dispatch(engine, Outbox(), "sentiment", window=4)
    with writing(engine) as connection:
        connection.execute(update(Job).values(queued_at=after(-61)))
    first, second, _ = find_unclaimed(engine, "sentiment", depth=2, age=60)
    assert resend(engine, [second], message_timeout=60) == 1
    assert jobs(engine)[0].state == JobState.QUEUED
    assert claim(engine, first, "sentiment", "node/0", LEASE)
    assert resend(engine, [first], message_timeout=60) == 0, "somebody had it in hand"


def test_what_cannot_be_sent_stays_pending(engine: Engine) -> None:
    make_run(engine, ["a"])

    def fail(analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        raise ConnectionError("Redis is away")

    with pytest.raises(ConnectionError):
        dispatch(engine, fail, "sentiment", window=4)
    assert jobs(engine)[0].state == JobState.PENDING


def test_a_claim_faster_than_the_mark_stays_a_claim(engine: Engine) -> None:
    make_run(engine, ["a"])

    def claim_at_once(analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        assert claim(engine, job_ids[0], "sentiment", "node/0", LEASE)

    dispatch(engine, claim_at_once, "sentiment", window=4)
    assert jobs(engine)[0].state == JobState.RUNNING


def test_lost_messages_are_sent_again(engine: Engine) -> None:
    make_run(engine, ["a"] * 3, job_size=1)
    outbox = Outbox()
    dispatch(engine, outbox, "sentiment", window=4)
    sent = [job.id for job in jobs(engine)]
    assert find_unclaimed(engine, "sentiment", depth=0, age=60) == []
    assert resend(engine, sent, message_timeout=60) == 0, "too young"
    with writing(engine) as connection:
        connection.execute(update(Job).values(queued_at=after(-61)))
    assert find_unclaimed(engine, "sentiment", depth=3, age=60) == [], "still in the queue"
    assert find_unclaimed(engine, "sentiment", depth=0, age=60) == sent
    assert resend(engine, sent, message_timeout=60) == 3
    assert dispatch(engine, outbox, "sentiment", window=4) == 3
