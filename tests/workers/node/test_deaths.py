"""Workers and children that die or hang: who held a job loses it, and why is said where known."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from schema.database import reading
from schema.ledger.claim import claim
from schema.ledger.lose import lose
from schema.ledger.reap import LOST
from schema.process import find_process, machine, this_process
from schema.results import Failure
from schema.tables import DeadLetter, JobState
from schema.worker_registry import NameTakenError, register, workers_on
from tests.support.ledger import jobs, make_run
from workers.node import child_exit
from workers.node.maintenance import Maintenance
from workers.node.scoreboard import Scoreboard


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A real process to stand for a worker's."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def test_a_worker_seen_to_die_is_charged_with_how_at_once(
    engine: Engine, keeper: Maintenance, sleeper: subprocess.Popen[bytes]
) -> None:
    """The document is alone, and its second worker dies with it: it is dead, by that signal."""
    run_id = make_run(engine, ["a"])
    for attempt in (1, 2):
        register(engine, "n/0", find_process(sleeper.pid), ["sentiment"], LOST)
        assert claim(engine, jobs(engine)[0].id, "sentiment", "n/0", lease=30)
        keeper.step()
        assert not keeper.watch()
        assert jobs(engine)[0].state == JobState.RUNNING
        if attempt == 1:
            sleeper.send_signal(signal.SIGSTOP)
            assert not keeper.watch(), "who is stopped may go on"
            sleeper.kill()
            sleeper.wait()
            # Whoever reaped it may say how it died; the first word counts.
            child_exit.record_exit(
                sleeper.pid, Failure("SIGBUS", "its worker was killed by SIGBUS")
            )
            child_exit.record_exit(sleeper.pid, Failure("SIGKILL", "too late"))
        else:
            sleeper.send_signal(signal.SIGSEGV)
            os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
        assert keeper.watch()
        keeper.step()
        assert workers_on(engine, machine()) == {}
        if attempt == 1:
            assert (jobs(engine)[0].state, jobs(engine)[0].error_class) == (
                JobState.QUEUED,
                "SIGBUS",
            )
            sleeper.__init__(["sleep", "600"])  # type: ignore[misc]
    assert jobs(engine, run_id)[0].state == JobState.DEAD
    with reading(engine) as connection:
        letter = connection.execute(select(DeadLetter.__table__)).one()
    assert (letter.error_class, letter.attempts) == ("SIGSEGV", 2)


def test_a_death_that_nobody_explains_frees_the_job_at_the_second_look(
    engine: Engine, keeper: Maintenance, sleeper: subprocess.Popen[bytes]
) -> None:
    make_run(engine, ["a"])
    register(engine, "n/0", find_process(sleeper.pid), ["sentiment"], LOST)
    assert claim(engine, jobs(engine)[0].id, "sentiment", "n/0", lease=30)
    sleeper.kill()
    sleeper.wait()
    keeper.step()
    assert jobs(engine)[0].state == JobState.RUNNING
    assert keeper.watch(), "look again soon"
    keeper.step()
    assert (jobs(engine)[0].state, jobs(engine)[0].error_class) == (JobState.QUEUED, "WorkerLost")


def test_a_worker_started_again_under_its_name_keeps_what_it_claims(
    engine: Engine, keeper: Maintenance, sleeper: subprocess.Popen[bytes]
) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    first, second = jobs(engine)
    old = find_process(sleeper.pid)
    register(engine, "n/0", old, ["sentiment"], LOST)
    assert claim(engine, first.id, "sentiment", "n/0", lease=30)
    with pytest.raises(NameTakenError, match=rf"process {old.pid}\); give another --name"):
        register(engine, "n/0", this_process(), ["sentiment"], LOST)
    sleeper.kill()
    sleeper.wait()
    assert register(engine, "n/0", this_process(), ["sentiment"], LOST) == 1
    assert claim(engine, second.id, "sentiment", "n/0", lease=30)
    assert lose(engine, "n/0", old, LOST) == 0
    keeper.step()
    assert [job.state for job in jobs(engine)] == [JobState.QUEUED, JobState.RUNNING]


def test_a_child_that_hangs_is_ended(
    engine: Engine, keeper: Maintenance, board: Scoreboard, sleeper: subprocess.Popen[bytes]
) -> None:
    register(engine, "n/0", find_process(sleeper.pid), ["sentiment"], LOST)
    keeper.step()
    slot = board.slot(0, sleeper.pid)
    with slot.computing(3600):
        assert not keeper.watch()
        assert sleeper.poll() is None
        with slot.computing(-1):
            keeper.watch()
    assert sleeper.wait() == -signal.SIGKILL
    assert child_exit.exit_of(sleeper.pid).error_class == "BatchTimeout"
