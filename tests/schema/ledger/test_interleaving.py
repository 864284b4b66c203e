"""Between any two statements of a step of the ledger another worker acts, on PostgreSQL.

Each step is done again and again, and before each of its statements in turn, its commit included,
each of the others is done on a connection of its own, as far as no lock keeps it from that.
Whatever comes between, a step raises nothing, the ledger holds what it promises, and all can be
finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.exc import OperationalError

from schema.database import open_engine, reading, writing
from schema.database.clock import after
from schema.ledger import waiting
from schema.ledger.begin import begin
from schema.ledger.cancel import cancel
from schema.ledger.claim import Claim, claim
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.forget import Which, forget
from schema.ledger.heartbeat import heartbeat
from schema.ledger.lose import lose
from schema.ledger.pause import CancelledRunError, pause, resume
from schema.ledger.reap import LOST, reap
from schema.ledger.release import disown, expire, release
from schema.ledger.replay import make_due, replay
from schema.ledger.resend import find_unclaimed, resend
from schema.ledger.share import share
from schema.process import Process
from schema.tables import Job, JobState
from schema.verification import verify
from schema.worker_registry import register
from tests.support.ledger import jobs, make_run
from tests.support.ledger_promises import check_standing
from tests.support.ledger_snapshot import snapshot
from tests.support.working import outcomes

pytestmark = pytest.mark.long

LEASE = 3600.0
WORKER = "node/0"
PROCESS = Process("a machine", 4711, 1)
#: Seconds that whoever comes between waits for a lock: who would wait comes later.
COURTESY = 0.01

OPEN = {JobState.PENDING, JobState.QUEUED, JobState.RUNNING}

#: That hold the ledger; each refers to those before it.
TABLES = (
    *("runs", "document_versions", "run_documents", "jobs", "workers", "models", "sentiments"),
    "dead_letters",
)

Step = Callable[[Engine], object]


class Ledger:
    """Of each kind that steps tell apart some jobs: queued, in hand, dead, expired, pending."""

    def __init__(self, engine: Engine) -> None:
        self.runs = [make_run(engine, "abcdef", job_size=2, name=name) for name in ("one", "two")]
        register(engine, WORKER, PROCESS, ["sentiment"], LOST)
        first, second, third = jobs(engine, self.runs[0])
        self.held = self._claimed(engine, first.id)
        self.ahead = self._claimed(engine, third.id, ahead=True)
        letters = self._claimed(engine, second.id)
        assert finish(engine, letters, outcomes(engine, letters, "cd"))
        queued, expired, _waits = jobs(engine, self.runs[1])
        self._claimed(engine, expired.id, "node/1")
        self.queued = queued.id
        with writing(engine) as connection:
            gone = update(Job).where(Job.id == expired.id)
            connection.execute(gone.values(lease_until=after(-1)))
            sent = update(Job).where(Job.id == queued.id)
            connection.execute(sent.values(state=JobState.QUEUED, queued_at=after(-60)))

        self._engine = engine
        with writing(engine) as connection:
            for table in TABLES:
                connection.exec_driver_sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")

    def restore(self) -> None:
        """Let everything be as it was made."""
        away = [f"DELETE FROM {table}" for table in reversed(TABLES)]
        back = [f"INSERT INTO {table} SELECT * FROM kept_{table}" for table in TABLES]
        with writing(self._engine) as connection:
            connection.exec_driver_sql("; ".join([*away, *back]))

    @staticmethod
    def _claimed(engine: Engine, job: int, worker: str = WORKER, ahead: bool = False) -> Claim:
        claimed = claim(engine, job, "sentiment", worker, LEASE, ahead=ahead)
        assert claimed
        return claimed

    def steps(self) -> dict[str, Step]:
        """Everything that is done to a ledger."""
        one, two = self.runs

        def shared(engine: Engine) -> None:
            with reading(engine) as connection:
                share(connection, "sentiment", 1)

        return {
            "dispatch": lambda e: dispatch(e, nowhere, "sentiment", 9),
            "claim": lambda e: claim(e, self.queued, "sentiment", "node/2", LEASE),
            "begin": lambda e: begin(e, self.ahead),
            "heartbeat": lambda e: heartbeat(e, self.held, LEASE),
            "finish": lambda e: finish(e, self.held, outcomes(e, self.held, "b")),
            "release": lambda e: release(e, self.held, 0),
            "expire": lambda e: expire(e, self.held, LOST),
            "disown": lambda e: disown(e, self.held.job_id, WORKER),
            "lose": lambda e: lose(e, WORKER, PROCESS, LOST),
            "reap": lambda e: reap(e, 1),
            "resend": lambda e: resend(e, find_unclaimed(e, "sentiment", 0, 1.0), 1.0),
            "pause": lambda e: pause(e, two),
            "resume": lambda e: resume(e, two),
            "cancel": lambda e: cancel(e, two),
            "due": lambda e: make_due(e, one),
            "replay": lambda e: replay(e, one, job_size=1),
            "forget": lambda e: list(forget(e, Which("external_id", "3"))),
            "share": shared,
            "read": lambda e: read_documents(e, self.held),
        }


def nowhere(_analysis: str, _job_ids: Sequence[int], /, *, urgent: bool) -> None:
    """Redis, without one."""


#: What changes a ledger so that others may trip over it, …
CHANGES = (
    *("dispatch", "claim", "finish", "release", "lose", "reap", "resend", "pause", "resume"),
    *("cancel", "replay", "forget"),
)
#: … and all that may trip.
STEPS = (*CHANGES, "begin", "heartbeat", "expire", "disown", "due", "share", "read")


class Between:
    """Before a statement of an engine, or a commit, calls something, once."""

    def __init__(self, engine: Engine) -> None:
        self.left: int | None = None
        self.call: Callable[[], None] = lambda: None
        event.listen(engine, "before_cursor_execute", self._tick)
        event.listen(engine, "commit", self._tick)

    def _tick(self, *_arguments: object, **_options: object) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.call()


@pytest.fixture
def engines(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Engine, Engine]]:
    """Of who is in the middle of a step, and of who comes between; a deadlock ends either."""
    monkeypatch.setattr(waiting, "FIRST_DOCUMENTS", 3)
    url = migrated_postgres_url
    both = open_engine(url, lock_timeout=5), open_engine(url, None, COURTESY)
    yield both
    for engine in both:
        engine.dispose()


def attempted(step: Step, engine: Engine) -> None:
    """Do a step, unless somebody's locks or a command for good are in the way."""
    try:
        step(engine)
    except CancelledRunError:
        pass
    except OperationalError as error:
        # 55P03: the lock is not to be had. Anything else, a deadlock among it, is a fault.
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise


def finish_all(engine: Engine, ledger: Ledger) -> None:
    """All goes well from now on."""
    for run in ledger.runs:
        try:
            resume(engine, run)
        except CancelledRunError:
            # A command that somebody's locks have stopped half way is given again.
            cancel(engine, run)
    with writing(engine) as connection:
        running = update(Job).where(Job.state == JobState.RUNNING)
        connection.execute(running.values(lease_until=after(-1)))
    reap(engine, 9)
    for job in jobs(engine):
        if job.state in OPEN:
            claimed = claim(engine, job.id, "sentiment", "node/3", LEASE)
            assert claimed
            assert finish(engine, claimed, outcomes(engine, claimed))
    assert not OPEN & {JobState(job.state) for job in jobs(engine)}


def check(engine: Engine, ledger: Ledger, *done: str) -> None:
    """What is promised; where documents are gone, `verify` knows it better."""
    if "forget" in done:
        assert verify(engine) == []
    else:
        sizes = dict.fromkeys(ledger.runs, 6)
        check_standing(snapshot(engine), sizes, dict.fromkeys(ledger.runs, ["sentiment"]))


@pytest.mark.parametrize("name", STEPS)
def test_another_may_act_between_two_statements(name: str, engines: tuple[Engine, Engine]) -> None:
    mine, others = engines
    between = Between(mine)
    ledger = Ledger(others)
    for other in CHANGES:
        left = 0
        while True:
            ledger.restore()
            came: list[str] = []
            steps = ledger.steps()

            def come(
                other: str = other, steps: dict[str, Step] = steps, came: list[str] = came
            ) -> None:
                came.append(other)
                attempted(steps[other], others)

            between.left, between.call = left, come
            try:
                attempted(steps[name], mine)
            except Exception as error:
                raise AssertionError(f"{other} before statement {left} of {name}") from error
            between.left = None
            if not came:
                break
            check(others, ledger, name, other)
            finish_all(others, ledger)
            check(others, ledger, name, other)
            left += 1
        assert left, "a step without a statement"
