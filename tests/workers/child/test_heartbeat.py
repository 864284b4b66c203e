"""The beat beside a job: it renews, stops renewing what hangs, and gives back in time."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from sqlalchemy import Engine

from schema.ledger.claim import Claim, claim
from schema.ledger.release import release
from schema.settings import Settings
from schema.tables import JobState
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until
from workers.child.heartbeat import Heartbeat, LeaseLostError
from workers.node.scoreboard import Scoreboard

CONFIG = Settings(lease=30, heartbeat=0.01)


@pytest.fixture
def claimed(engine: Engine) -> Claim:
    make_run(engine, ["a"])
    found = claim(engine, jobs(engine)[0].id, "sentiment", "node/0", lease=5)
    assert found
    return found


def lease(engine: Engine) -> datetime:
    until = jobs(engine)[0].lease_until
    assert until
    return until


def test_a_lease_is_renewed(engine: Engine, claimed: Claim) -> None:
    first = lease(engine)
    with Heartbeat(engine, CONFIG, Scoreboard().slot(0, os.getpid())) as beat:
        beat.hold(claimed)
        wait_until(lambda: lease(engine) > first, 10)
        beat.check(claimed)


def test_its_block_may_be_entered_again_and_has_forgotten_what_it_held(
    engine: Engine, claimed: Claim
) -> None:
    heartbeat = Heartbeat(engine, CONFIG, Scoreboard().slot(0, os.getpid()))
    with heartbeat:
        heartbeat.hold(claimed)
        assert heartbeat.held == [claimed]
    with heartbeat:
        assert heartbeat.held == []
        first = lease(engine)
        heartbeat.hold(claimed)
        wait_until(lambda: lease(engine) > first, 10)


def test_what_hangs_is_not_renewed(engine: Engine, claimed: Claim) -> None:
    slot = Scoreboard().slot(0, os.getpid())
    first = lease(engine)
    with slot.computing(-1), Heartbeat(engine, CONFIG, slot) as beat:
        beat.hold(claimed)
        # It looks several times in this while.
        beat._over.wait(1)
        assert lease(engine) == first
        with slot.computing(60):
            wait_until(lambda: lease(engine) > first, 10)


def test_a_lost_claim_is_told(engine: Engine, claimed: Claim) -> None:
    with Heartbeat(engine, CONFIG, Scoreboard().slot(0, os.getpid())) as beat:
        beat.hold(claimed)
        beat.check(claimed)
        release(engine, claimed)

        def told() -> bool:
            try:
                beat.check(claimed)
            except LeaseLostError:
                return True
            return False

        wait_until(told, 10)


def test_when_the_grace_is_over_the_job_is_released_and_the_child_ends(
    engine: Engine, claimed: Claim
) -> None:
    board = Scoreboard()
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        with Heartbeat(engine, CONFIG, board.slot(0, os.getpid())) as beat:
            beat.hold(claimed)
            beat._over.wait()
        os._exit(7)
    board.stop(grace=0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.PENDING, 0)
