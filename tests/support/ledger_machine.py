"""A hypothesis machine that does to the real ledger whatever may happen, in any order.

After each step the tables must be as the model says, and hold what the documents promise whatever
the model says: slices tile the run, states move only as docs/state_machine.md draws it, the fence
grows, and every document has as many outcomes as its job's state allows.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.support.ledger import make_run
from tests.support.ledger_choices import analyses, crashes, some
from tests.support.ledger_steps import ANALYSES
from tests.support.ledger_time import LedgerTime
from tests.support.ledger_workers import LedgerWorkers


class LedgerMachine(LedgerTime, LedgerWorkers):
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
