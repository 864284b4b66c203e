"""Whose turn it is, beside a stream of small runs; no clock is looked at."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from schema.ledger import waiting
from schema.ledger.claim import claim
from schema.ledger.dispatch import LEAD, dispatch
from schema.ledger.finish import finish
from schema.tables import FIRST_DOCUMENTS
from tests.support.large_run import make_large_run
from tests.support.ledger import make_run
from tests.support.working import outcomes

pytestmark = pytest.mark.slow

LEASE = 3600.0
JOB_SIZE = 64
#: Documents of a small run.
SMALL = 8


class OneWorker:
    """Takes urgent messages before the others, as workers do, and counts documents by run."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.urgent: deque[int] = deque()
        self.later: deque[int] = deque()
        self.done: Counter[int] = Counter()

    def publish(self, _analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        (self.urgent if urgent else self.later).extend(job_ids)

    def work(self) -> int:
        """Do a job; returns its documents."""
        dispatch(self.engine, self.publish, "sentiment", window=4)
        queue = self.urgent or self.later
        claimed = claim(self.engine, queue.popleft(), "sentiment", "node/0", LEASE)
        assert claimed
        assert finish(self.engine, claimed, outcomes(self.engine, claimed))
        documents = claimed.end_position - claimed.first_position
        self.done[claimed.run_id] += documents
        return documents


def test_a_large_run_keeps_its_part_beside_more_small_ones_than_can_be_done(
    sqlite_engine: Engine,
) -> None:
    """Small runs come twice as fast as they could be done if nobody else were there."""
    worker = OneWorker(sqlite_engine)
    large = make_large_run(sqlite_engine, FIRST_DOCUMENTS + 40 * JOB_SIZE, JOB_SIZE)
    while worker.done[large] < FIRST_DOCUMENTS:
        worker.work()
    begun, made, done = worker.done[large], 0, 0
    while done < 20 * JOB_SIZE:
        while made * SMALL < 2 * done + SMALL:
            make_run(sqlite_engine, ["a"] * SMALL, job_size=SMALL, name=f"small {made}")
            made += 1
        done += worker.work()
    of_large = worker.done[large] - begun
    assert done / 3 < of_large < done / 2


def test_small_runs_wait_for_no_job_of_a_large_one_as_long_as_they_are_few(
    sqlite_engine: Engine,
) -> None:
    worker = OneWorker(sqlite_engine)
    large = make_large_run(sqlite_engine, FIRST_DOCUMENTS + 20 * JOB_SIZE, JOB_SIZE)
    while worker.done[large] < FIRST_DOCUMENTS + JOB_SIZE:
        worker.work()
    for number in range(5):
        small = make_run(sqlite_engine, ["a"] * SMALL, job_size=SMALL, name=f"small {number}")
        assert worker.later, "messages of the large run are out already"
        worker.work()
        assert worker.done[small] == SMALL
        worker.work()


def test_who_is_too_far_ahead_is_sent_behind_the_others(sqlite_engine: Engine) -> None:
    """Nothing is held back that there is room for."""
    make_large_run(sqlite_engine, FIRST_DOCUMENTS + 2 * JOB_SIZE, JOB_SIZE)
    for number in range(20):
        make_run(sqlite_engine, ["a"] * SMALL, job_size=SMALL, name=f"small {number}")
    worker = OneWorker(sqlite_engine)
    of_large = -(-(FIRST_DOCUMENTS + 2 * JOB_SIZE) // JOB_SIZE)
    first = -(-FIRST_DOCUMENTS // JOB_SIZE)
    assert dispatch(sqlite_engine, worker.publish, "sentiment", window=100) == of_large + 20
    assert len(worker.urgent) == first + LEAD // SMALL
    assert len(worker.later) == of_large - first + 20 - LEAD // SMALL


def test_large_runs_share(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST_DOCUMENTS", JOB_SIZE)
    worker = OneWorker(sqlite_engine)
    texts = ["a"] * (9 * JOB_SIZE)
    runs = [make_run(sqlite_engine, texts, job_size=JOB_SIZE, name=name) for name in "abc"]
    for _ in range(12):
        worker.work()
    assert {worker.done[run] for run in runs} == {4 * JOB_SIZE}
