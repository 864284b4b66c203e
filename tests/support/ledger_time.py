"""What time and Redis do to the ledger: leases and back-offs pass, and messages are lost."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.resend import find_unclaimed, resend
from schema.tables import Job, JobState
from tests.support.ledger_choices import analyses, crashes
from tests.support.ledger_snapshot import MESSAGE_TIMEOUT, snapshot
from tests.support.ledger_steps import Crash, LedgerSteps


class LedgerTime(LedgerSteps):
    """Time passes, and Redis forgets, at random."""

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
