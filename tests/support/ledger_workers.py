"""What workers and reapers do to the ledger, those among them that die or stand still."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from schema.ledger.lose import lose
from tests.support.ledger_choices import analyses, crashes, some, workers
from tests.support.ledger_steps import KILLED, PROCESSES, LedgerSteps


class LedgerWorkers(LedgerSteps):
    """Workers and reapers, at random."""

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
