"""Steps of the ledger done for real, each with the model beside it and a look at both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import Engine, event, update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.begin import begin
from schema.ledger.cancel import cancel
from schema.ledger.claim import Claim, claim
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.ledger.pause import CancelledRunError, pause, resume
from schema.ledger.reap import LOST, reap
from schema.ledger.release import expire, release
from schema.ledger.replay import make_due, replay
from schema.process import Process
from schema.results import Failure
from schema.results.outcome import Outcome, Provenance
from schema.results.sentiment import Sentiment
from schema.results.summary import Summary
from schema.tables import Job, JobState
from schema.worker_registry import register
from tests.support.ledger_model import LedgerModel, label
from tests.support.ledger_promises import check_promises, moves
from tests.support.ledger_snapshot import empty, snapshot

LEASE = 3600.0
ANALYSES = ("sentiment", "summary")
#: Small, so that runs of a few documents go beyond it.
FIRST_DOCUMENTS = 4
MODEL = Provenance("pocket", "sha256:0123456789ab", {"dtype": "float32"})
BROKEN = Failure("DocumentError", "too strange")
FAULT = Failure("TypeError", "nobody knows why")
KILLED = Failure("SIGKILL", "its worker was killed")
PROCESSES = {
    "node/0": Process("a machine", 4711, 1),
    "node/1": Process("a machine", 4712, 1),
    "other/0": Process("another machine", 4711, 1),
}


class Crash(Exception):
    """The process is dead: what it did not commit is undone by the database."""


class Crasher:
    """Ends a step before its n-th statement or commit."""

    def __init__(self, engine: Engine) -> None:
        self.left: int | None = None
        event.listen(engine, "before_cursor_execute", self._tick)
        event.listen(engine, "commit", self._tick)

    def _tick(self, *_arguments: object) -> None:
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            raise Crash
        self.left -= 1


class LedgerSteps(RuleBasedStateMachine):
    """The database, the model of it, the queues, and all claims ever made."""

    #: Moves that were seen, of all examples.
    seen: set[tuple[str, str, str]] = set()

    def __init__(self, engine: Engine, crasher: Crasher) -> None:
        super().__init__()
        self.engine, self.crasher = engine, crasher
        empty(engine)
        for worker, process in PROCESSES.items():
            register(engine, worker, process, ANALYSES, KILLED)
        self.model = LedgerModel()
        self.before = snapshot(engine)
        self.queues: dict[str, list[int]] = {name: [] for name in ANALYSES}
        self.claims: list[Claim] = []
        self.sound = True

    def crashed(self, step: str, crash: int | None, call: Callable[[], Any], want: Any) -> bool:
        """Do a step that may die: whether it did. If not, it returns what the model said."""
        self.sound = False
        self.crasher.left = crash
        try:
            given = call()
        except Crash:
            self.check(step, nothing=True)
            return True
        finally:
            self.crasher.left = None
        wanted = want()
        assert given == wanted, f"{step} returned {given}, not {wanted}"
        self.check(step)
        return False

    def check(self, step: str, nothing: bool = False) -> None:
        """The tables are as the model has them, and hold what is promised."""
        self.sound = False
        now = snapshot(self.engine)
        self.model.ids = now.ids
        self.model.stop()
        assert now.jobs == self.model.jobs, step
        assert now.written == sorted(self.model.written), step
        assert not nothing or now == self.before, f"{step} was not undone"
        self.seen.update(moves(self.before, now, step))
        check_promises(self.before, now, step, self.model.sizes, self.model.analyses)
        self.before = now
        self.sound = True

    def claim_of(self, which: int) -> Claim:
        """One of all claims ever made, the newest first: most are a zombie's."""
        return self.claims[-1 - which % len(self.claims)]

    def try_claim(
        self,
        job_id: int,
        analysis: str,
        worker: str,
        crash: int | None = None,
        ahead: bool = False,
    ) -> Claim | None:
        got: list[Claim | None] = []

        def call() -> tuple[Any, ...] | None:
            got.append(claim(self.engine, job_id, analysis, worker, LEASE, ahead=ahead))
            return _known(got[0])

        want = lambda: _known(self.model.claim(job_id, analysis, worker, ahead))  # noqa: E731
        if self.crashed("claim", crash, call, want) or got[0] is None:
            return None
        self.claims.append(got[0])
        return got[0]

    def try_begin(self, held: Claim, crash: int | None = None) -> None:
        got: list[Claim | None] = []

        def call() -> tuple[Any, ...] | None:
            got.append(begin(self.engine, held))
            return _known(got[0])

        self.crashed("begin", crash, call, lambda: _known(self.model.begin(held)))
        if got and got[0]:
            # Whoever has begun knows what it was charged.
            self.claims[self.claims.index(held)] = got[0]

    def try_finish(self, held: Claim, failing: str = "none", crash: int | None = None) -> None:
        places = range(held.first_position, held.end_position)
        failed = {"none": [], "all": places, "first": places[:1], "last": places[-1:]}[failing]
        kind = Sentiment if held.analysis == "sentiment" else Summary
        result = Sentiment(label(held), 0.5) if kind is Sentiment else Summary(label(held))
        outcomes = [
            Outcome(int(document.id), BROKEN if place in failed else [result], MODEL)
            for place, document in enumerate(read_documents(self.engine, held), places[0])
        ]
        self.crashed(
            *("finish", crash, lambda: finish(self.engine, held, outcomes)),
            lambda: self.model.finish(held, failed, BROKEN),
        )

    def try_beat(self, held: Claim) -> None:
        self.crashed(
            *("heartbeat", None, lambda: heartbeat(self.engine, held, LEASE)),
            lambda: self.model.heartbeat(held),
        )

    def try_release(self, held: Claim, delay: float = 0, crash: int | None = None) -> None:
        self.crashed(
            *("release", crash, lambda: release(self.engine, held, delay)),
            lambda: self.model.release(held, delay),
        )

    def try_expire(self, held: Claim, crash: int | None = None) -> None:
        self.crashed(
            *("expire", crash, lambda: expire(self.engine, held, FAULT)),
            lambda: self.model.expire(held, FAULT),
        )

    def try_reap(self, most: int, crash: int | None = None) -> None:
        def call() -> tuple[int, int, int]:
            done = reap(self.engine, most)
            return done.expired, done.halved, done.dead

        self.crashed("reap", crash, call, lambda: self.model.reap(most, LOST))

    def try_dispatch(
        self, analysis: str, window: int, sent_before_it_fails: int | None, fast: bool
    ) -> None:
        """Send; Redis may die in the middle, and a worker may be faster than the mark."""
        first, later = self.model.next_jobs(analysis, window, FIRST_DOCUMENTS)
        sent: list[int] = []

        def publish(to: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
            wanted = first if urgent else later
            assert (to, list(job_ids)) == (analysis, wanted), "whose turn it is"
            sent.extend(job_ids[:sent_before_it_fails])
            if fast and sent:
                self.try_claim(sent[0], analysis, "node/0")
            if sent_before_it_fails is not None:
                raise Crash

        died = self.crashed_sending(lambda: dispatch(self.engine, publish, analysis, window))
        self.queues[analysis] += sent
        if not died:
            assert sent == first + later
            self.model.mark(sent)
        self.check("dispatch")

    def crashed_sending(self, call: Callable[[], Any]) -> bool:
        try:
            call()
        except Crash:
            return True
        return False

    def command(self, name: str, which: int, crash: int | None) -> None:
        """An operator's command; one that dies in the middle is given again."""
        run = list(self.model.sizes)[which % len(self.model.sizes)]
        step = {"pause": pause, "resume": resume, "cancel": cancel}[name]
        try:
            self.again_if_it_dies(crash, lambda: step(self.engine, run))
        except CancelledRunError:
            assert run in self.model.cancelled
        self.model.command(name, run)
        self.check(name if name == "cancel" else "pause")

    def again_if_it_dies(self, crash: int | None, call: Callable[[], Any]) -> Any:
        self.sound = False
        self.crasher.left = crash
        try:
            return call()
        except Crash:
            return call()
        finally:
            self.crasher.left = None

    def try_replay(self, which: int, job_size: int, crash: int | None) -> None:
        run = list(self.model.sizes)[which % len(self.model.sizes)]

        def call() -> int:
            make_due(self.engine, run)
            return replay(self.engine, run, job_size=job_size).total()

        given = self.again_if_it_dies(crash, call)
        # Whoever died after the last commit has replayed, and does not know it.
        wanted = self.model.replay(run, job_size)
        assert given == wanted or crash is not None
        self.check("replay")

    def pass_leases(self, job_id: int | None = None) -> None:
        with writing(self.engine) as connection:
            passing = update(Job).where(Job.state == JobState.RUNNING)
            if job_id is not None:
                passing = passing.where(Job.id == job_id)
            connection.execute(passing.values(lease_until=after(-1)))
        for one, key in self.model.ids.items():
            job = self.model.jobs[key]
            if job.state == "running" and job_id in (None, one):
                job.lease = "over"
        self.check("time")


def _known(held: Claim | None) -> tuple[Any, ...] | None:
    if held is None:
        return None
    return (
        *(held.job_id, held.run_id, held.analysis, held.first_position, held.end_position),
        *(held.attempts, held.fence),
    )
