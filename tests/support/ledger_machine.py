"""A hypothesis machine that does to the real ledger whatever may happen, in any order.

After each step the tables must be as the model says, and hold what the documents promise whatever
the model says: slices tile the run, states move only as docs/state_machine.md draws it, the fence
grows, and every document has as many outcomes as its job's state allows.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy import update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.lose import lose
from schema.ledger.resend import find_unclaimed, resend
from schema.tables import Job, JobState
from tests.support.ledger import make_run
from tests.support.ledger_snapshot import MESSAGE_TIMEOUT, snapshot
from tests.support.ledger_steps import ANALYSES, KILLED, PROCESSES, Crash, LedgerSteps

analyses = st.sampled_from(ANALYSES)
workers = st.sampled_from(list(PROCESSES))
some = st.integers(0, 30)
#: The statement before which the process dies, BEGIN and COMMIT among them; mostly it does not.
crashes = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 9))


class LedgerMachine(LedgerSteps):
    """Producer, dispatchers, workers, reapers, Redis and time, all at random."""

    @initialize(documents=st.integers(1, 9), job_size=st.integers(1, 4), waits=st.booleans())
    def first_run(self, documents: int, job_size: int, waits: bool) -> None:
        self.enqueue(ANALYSES if waits else ANALYSES[:1], documents, job_size, waits)

    @precondition(lambda self: len(self.model.sizes) < 3)
    @rule(
        names=st.sampled_from([ANALYSES[:1], ANALYSES[1:], ANALYSES]),
        documents=st.integers(1, 9),
        job_size=st.integers(1, 4),
        waits=st.booleans(),
    )
    def enqueue(self, names: Sequence[str], documents: int, job_size: int, waits: bool) -> None:
        """Of both analyses, one may wait for the other."""
        name = f"run {len(self.model.sizes)}"
        needs = {ANALYSES[1]: [ANALYSES[0]]} if waits and len(names) == 2 else {}
        texts = ["text"] * documents
        run = make_run(self.engine, texts, names, job_size, name, needs=needs)
        self.model.create(run, names, documents, job_size, needs)
        self.check("enqueue")

    @rule(
        analysis=analyses,
        window=st.integers(1, 6),
        fails=st.one_of(st.none(), st.none(), st.integers(0, 3)),
        fast=st.booleans(),
    )
    def dispatches(self, analysis: str, window: int, fails: int | None, fast: bool) -> None:
        self.try_dispatch(analysis, window, fails, fast)

    @precondition(lambda self: any(self.queues.values()))
    @rule(which=some, worker=workers, doubled=st.booleans(), ahead=st.booleans(), crash=crashes)
    def takes_a_message(
        self, which: int, worker: str, doubled: bool, ahead: bool, crash: int | None
    ) -> None:
        """Messages may come in any order, and twice."""
        waiting = [(name, at) for name, ids in self.queues.items() for at in range(len(ids))]
        analysis, at = waiting[which % len(waiting)]
        job_id = self.queues[analysis][at]
        if not doubled:
            del self.queues[analysis][at]
        self.try_claim(job_id, analysis, worker, crash, ahead)

    @precondition(lambda self: self.claims)
    @rule(which=some, crash=crashes)
    def begins(self, which: int, crash: int | None) -> None:
        self.try_begin(self.claim_of(which), crash)

    @rule(which=some, analysis=analyses, worker=workers)
    def takes_what_nobody_sent(self, which: int, analysis: str, worker: str) -> None:
        ids = [*self.model.ids, 999_999_999]
        self.try_claim(ids[which % len(ids)], analysis, worker)

    @precondition(lambda self: self.claims)
    @rule(which=some)
    def beats(self, which: int) -> None:
        self.try_beat(self.claim_of(which))

    @precondition(lambda self: self.claims)
    @rule(which=some, failing=st.sampled_from(["none", "first", "last", "all"]), crash=crashes)
    def finishes(self, which: int, failing: str, crash: int | None) -> None:
        self.try_finish(self.claim_of(which), failing, crash)

    @precondition(lambda self: self.claims)
    @rule(which=some, delay=st.sampled_from([0, 3600]), crash=crashes)
    def releases(self, which: int, delay: float, crash: int | None) -> None:
        self.try_release(self.claim_of(which), delay, crash)

    @precondition(lambda self: self.claims)
    @rule(which=some, crash=crashes)
    def expires(self, which: int, crash: int | None) -> None:
        self.try_expire(self.claim_of(which), crash)

    @rule(worker=workers, crash=crashes)
    def loses(self, worker: str, crash: int | None) -> None:
        self.crashed(
            *("lose", crash, lambda: lose(self.engine, worker, PROCESSES[worker], KILLED)),
            lambda: self.model.lose(worker, KILLED),
        )

    @rule(most=st.integers(1, 3), crash=crashes)
    def reaps(self, most: int, crash: int | None) -> None:
        self.try_reap(most, crash)

    @rule(which=some, worker=workers, times=st.integers(1, 3), most=st.integers(1, 3))
    def kills_its_workers(self, which: int, worker: str, times: int, most: int) -> None:
        """Something in the job ends every process that touches it."""
        job_id = list(self.model.ids)[which % len(self.model.ids)]
        for _ in range(times):
            if held := self.try_claim(job_id, self.model.ids[job_id][1], worker):
                if which % 2:
                    self.try_expire(held)
                else:
                    self.pass_leases(held.job_id)
                self.try_reap(most)

    @rule(
        which=some,
        worker=workers,
        end=st.sampled_from(["pass", "lose", "release", "pause", "begin"]),
        most=st.integers(1, 3),
    )
    def claims_ahead(self, which: int, worker: str, end: str, most: int) -> None:
        """Its worker dies of something else, gives it back, or is not to begin it."""
        job_id = list(self.model.ids)[which % len(self.model.ids)]
        held = self.try_claim(job_id, self.model.ids[job_id][1], worker, ahead=True)
        if held is None:
            return
        if end == "pass":
            self.pass_leases(job_id)
        elif end == "lose":
            self.loses(worker, None)
        elif end == "release":
            self.try_release(held)
        elif end == "pause":
            self.command("pause", list(self.model.sizes).index(held.run_id), None)
        self.try_reap(most)
        self.try_begin(held)

    @precondition(lambda self: any(map(self.model.holds, self.claims)))
    @rule(
        which=some,
        worker=workers,
        last=st.sampled_from(["finish", "finish", "beat", "release", "expire"]),
    )
    def outlives_its_lease(self, which: int, worker: str, last: str) -> None:
        """A worker stands still; when it goes on, its job is another one's."""
        holding = [claim for claim in self.claims if self.model.holds(claim)]
        held = holding[which % len(holding)]
        self.pass_leases(held.job_id)
        self.try_reap(3)
        self.try_claim(held.job_id, held.analysis, worker)
        step = {"finish": self.try_finish, "beat": self.try_beat}
        step |= {"release": self.try_release, "expire": self.try_expire}
        step[last](held)

    @rule(which=some, crash=crashes)
    def pauses(self, which: int, crash: int | None) -> None:
        self.try_dispatch(ANALYSES[0], 6, None, False)
        self.command("pause", which, crash)

    @rule(which=some, crash=crashes)
    def resumes(self, which: int, crash: int | None) -> None:
        self.command("resume", which, crash)

    @rule(which=st.integers(0, 9), crash=crashes)
    def cancels(self, which: int, crash: int | None) -> None:
        # Now and then only, or little is left to go wrong.
        if which < len(self.model.sizes):
            self.command("cancel", which, crash)

    @rule(which=some, job_size=st.integers(1, 4), crash=crashes)
    def replays(self, which: int, job_size: int, crash: int | None) -> None:
        job_id = list(self.model.ids)[which % len(self.model.ids)]
        if held := self.try_claim(job_id, self.model.ids[job_id][1], "node/1"):
            self.try_finish(held, "last")
        self.try_replay(which, job_size, crash)

    @rule(which=some, job_size=st.integers(1, 4), crash=crashes)
    def fails_twice(self, which: int, job_size: int, crash: int | None) -> None:
        """What is needed fails, and what needs it: replayed, the one waits for the other again."""
        run = list(self.model.sizes)[which % len(self.model.sizes)]
        for analysis in self.model.analyses[run]:
            for job_id, key in list(self.model.ids.items()):
                if key[:2] != (run, analysis):
                    continue
                if held := self.try_claim(job_id, analysis, "node/0"):
                    self.try_finish(held, "all")
        self.try_replay(which, job_size, crash)

    @rule()
    def leases_pass(self) -> None:
        self.pass_leases()

    @rule()
    def back_offs_pass(self) -> None:
        with writing(self.engine) as connection:
            connection.execute(
                update(Job).where(Job.not_before.is_not(None)).values(not_before=after(-1))
            )
        for job in self.model.jobs.values():
            job.waits = False
        self.check("time")

    @rule()
    def messages_get_old(self) -> None:
        with writing(self.engine) as connection:
            connection.execute(
                update(Job)
                .where(Job.state == JobState.QUEUED)
                .values(queued_at=after(-MESSAGE_TIMEOUT - 1))
            )
        for job in self.model.jobs.values():
            job.aged |= job.state == "queued"
        self.check("time")

    @rule(analysis=analyses, keep=st.integers(0, 3))
    def redis_forgets(self, analysis: str, keep: int) -> None:
        del self.queues[analysis][keep:]

    @rule(analysis=analyses, crash=crashes)
    def resends(self, analysis: str, crash: int | None) -> None:
        queue = self.queues[analysis]
        self.sound = False
        self.crasher.left = crash
        lost: list[int] = []
        try:
            sent = find_unclaimed(self.engine, analysis, len(queue), MESSAGE_TIMEOUT)
            lost = [job_id for job_id in sent if job_id not in queue]
            given: int | None = resend(self.engine, lost, MESSAGE_TIMEOUT)
        except Crash:
            given = None
        finally:
            self.crasher.left = None
        overdue = self.model.overdue(analysis)
        if self.model.queued(analysis) > len(queue) and given is not None:
            assert set(lost) == {i for i in overdue if i not in queue}
        now = snapshot(self.engine)
        back = {i for i in overdue if now.jobs[now.ids[i]].state == "pending"}
        assert (given, back) in ((len(lost), set(lost)), (None, set())), (given, back, lost)
        for job_id in back:
            job = self.model.jobs[self.model.ids[job_id]]
            job.state, job.aged = "pending", False
        self.check("resend")

    def teardown(self) -> None:
        """All goes well from now on: then every document gets its outcome."""
        if not self.sound:
            return
        for ids in self.queues.values():
            ids.clear()
        self.storm()
        for _ in range(40):
            if all(job.state in ("done", "dead", "cancelled") for job in self.model.jobs.values()):
                break
            self.round()
        else:
            raise AssertionError(f"never ends: {self.model.jobs}")

    def storm(self) -> None:
        """What chance seldom brings together, once in each example, on whatever it has left."""
        for which in range(len(self.model.sizes)):
            self.command("resume", which, None)
        self.back_offs_pass()
        self.fails_twice(0, 2, None)
        for analysis in ANALYSES:
            self.try_dispatch(analysis, 6, None, False)
            self.queues[analysis].clear()
        self.messages_get_old()
        for place, (job_id, key) in enumerate(list(self.model.ids.items())[:3]):
            if held := self.try_claim(job_id, key[1], ("node/0", "node/1", "node/0")[place]):
                (self.try_release if place == 0 else self.try_beat)(held)
        self.try_reap(1)
        for analysis in ANALYSES:
            self.resends(analysis, None)
        self.loses("node/1", None)
        for last in ("expire", "beat", "release", "finish"):
            if any(map(self.model.holds, self.claims)):
                self.outlives_its_lease(len(last), "other/0", last)
        for which, end in enumerate(("pass", "lose", "release", "pause", "begin")):
            self.claims_ahead(which, "node/0", end, 1)
        for which, times in ((0, 3), (-1, 2)):
            self.kills_its_workers(which, "node/1", times, 2)
        if len(self.model.sizes) == 3:
            self.cancels(2, None)

    def round(self) -> None:
        for which in range(len(self.model.sizes)):
            self.command("resume", which, None)
        self.back_offs_pass()
        self.leases_pass()
        self.try_reap(3)
        self.messages_get_old()
        for analysis in ANALYSES:
            self.resends(analysis, None)
            self.try_dispatch(analysis, 8, None, False)
            while self.queues[analysis]:
                if held := self.try_claim(self.queues[analysis].pop(), analysis, "node/1"):
                    self.try_finish(held)
