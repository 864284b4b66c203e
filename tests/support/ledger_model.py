"""The ledger as it should be, in plain Python: what each step leaves, whatever the SQL says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from schema.ledger.claim import Claim
from schema.results import Failure

#: A job's run, analysis and first position; it keeps them for good.
Key = tuple[int, str, int]
#: Run, analysis, position, and what is written there: a result's label, or a letter's words.
Written = tuple[int, str, int, str]

ACTIVE = ("queued", "running")
#: States of a job that others may wait for, and that a cancelled run ends.
OPEN = ("blocked", "pending", *ACTIVE)


@dataclass
class ModelJob:
    """What may be told of a job without looking at a clock."""

    end: int
    state: str = "pending"
    attempts: int = 0
    fence: int = 0
    worker: str | None = None
    #: `held`, or `over` when it has passed.
    lease: str | None = None
    #: Its back-off is not over.
    waits: bool = False
    #: Queued longer than messages take.
    aged: bool = False
    failed: int = 0
    error: str | None = None
    #: It runs, and is not only claimed ahead.
    begun: bool = False


@dataclass
class LedgerModel:
    """All jobs, what is written of their documents, and which runs are paused."""

    jobs: dict[Key, ModelJob] = field(default_factory=dict)
    ids: dict[int, Key] = field(default_factory=dict)
    written: set[Written] = field(default_factory=set)
    sizes: dict[int, int] = field(default_factory=dict)
    analyses: dict[int, Sequence[str]] = field(default_factory=dict)
    needs: dict[int, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)

    def create(
        self,
        run: int,
        analyses: Sequence[str],
        documents: int,
        job_size: int,
        needs: Mapping[str, Sequence[str]],
    ) -> None:
        self.sizes[run], self.analyses[run], self.needs[run] = documents, analyses, needs
        for analysis in analyses:
            state = "blocked" if needs.get(analysis) else "pending"
            for first in range(0, documents, job_size):
                end = min(first + job_size, documents)
                self.jobs[run, analysis, first] = ModelJob(end, state)

    def waits(self, key: Key, end: int) -> bool:
        """Whether an open job of an analysis that this one needs has some of its documents."""
        run, analysis, first = key
        needed = self.needs[run].get(analysis, ())
        return any(
            other[0] == run
            and other[1] in needed
            and job.state in OPEN
            and other[2] < end
            and first < job.end
            for other, job in self.jobs.items()
        )

    def unblock(self) -> None:
        for key, job in self.jobs.items():
            if job.state == "blocked" and not self.waits(key, job.end):
                job.state = "pending"

    def claim(self, job_id: int, analysis: str, worker: str, ahead: bool) -> Claim | None:
        """Who claims gets just this, but for the run's options."""
        key = self.ids.get(job_id)
        if key is None or key[1] != analysis or key[0] in self.paused:
            return None
        job = self.jobs[key]
        if job.state not in ("pending", "queued") or job.waits:
            return None
        job.state, job.worker, job.lease, job.error = "running", worker, "held", None
        job.begun = not ahead
        job.attempts += job.begun
        job.fence += 1
        run, analysis, first = key
        return Claim(job_id, run, analysis, first, job.end, job.attempts, job.fence, None)  # type: ignore[arg-type]

    def holds(self, claim: Claim) -> ModelJob | None:
        """The job, if it is still this claim's."""
        job = self.jobs[self.ids[claim.job_id]]
        return job if job.state == "running" and job.fence == claim.fence else None

    def begin(self, claim: Claim) -> Claim | None:
        job = self.holds(claim)
        if job is None or job.begun or claim.run_id in self.paused:
            return None
        job.begun = True
        job.attempts += 1
        return replace(claim, attempts=job.attempts)

    def heartbeat(self, claim: Claim) -> bool:
        if job := self.holds(claim):
            job.lease = "held"
        return job is not None

    def release(self, claim: Claim, delay: float) -> bool:
        if job := self.holds(claim):
            job.state, job.lease, job.waits = "pending", None, delay > 0
            job.attempts -= job.begun
        return job is not None

    def expire(self, claim: Claim, failure: Failure) -> bool:
        if job := self.holds(claim):
            job.lease, job.error = "over", failure.error_class
        return job is not None

    def lose(self, worker: str, failure: Failure) -> int:
        held = [j for j in self.jobs.values() if j.state == "running" and j.worker == worker]
        for job in held:
            job.lease = "over"
            job.error = job.error or (failure.error_class if job.begun else None)
        return len(held)

    def finish(self, claim: Claim, failed: Collection[int], failure: Failure) -> bool:
        """`failed` are positions."""
        job = self.holds(claim)
        if job is None or not job.begun:
            return False
        job.state, job.lease, job.waits, job.failed = "done", None, False, len(failed)
        for position in range(claim.first_position, claim.end_position):
            said = letter(failure.error_class, job.attempts) if position in failed else label(claim)
            self.written.add((claim.run_id, claim.analysis, position, said))
        self.unblock()
        return True

    def reap(self, max_attempts: int, lost: Failure) -> tuple[int, int, int]:
        """Expired, halved, dead."""
        expired = [
            (k, j) for k, j in self.jobs.items() if (j.state, j.lease) == ("running", "over")
        ]
        halved = dead = 0
        for (run, analysis, first), job in expired:
            size = job.end - first
            if not job.begun:
                job.state, job.lease = "pending", None
            elif size > 1 and job.attempts >= min(2, max_attempts):
                middle = first + size // 2
                half = ModelJob(job.end, attempts=1)
                self.jobs[run, analysis, middle] = half
                self.jobs[run, analysis, first] = replace(
                    job, end=middle, state="pending", lease=None, attempts=1
                )
                halved += 1
            elif size == 1 and job.attempts >= max_attempts:
                job.state, job.lease, job.failed = "dead", None, 1
                said = letter(job.error or lost.error_class, job.attempts)
                self.written.add((run, analysis, first, said))
                dead += 1
            else:
                job.state, job.lease = "pending", None
        self.stop()
        self.unblock()
        return len(expired), halved, dead

    def stop(self) -> None:
        """What does not run has not begun."""
        for job in self.jobs.values():
            job.begun &= job.state == "running"

    def next_jobs(self, analysis: str, window: int, head: int) -> tuple[list[int], list[int]]:
        """Whose turn it is: jobs of the first `head` documents of runs, the run that is least far
        first, but for a third of the places if there are others; and where they leave room the
        others, each place to the run that holds fewest.
        """
        of = [(i, self.jobs[k], k[0]) for i, k in sorted(self.ids.items()) if k[1] == analysis]
        at_work = [job.state == "running" and job.begun for _, job, _ in of]
        busy = {job.worker for (_, job, _), works in zip(of, at_work, strict=True) if works}
        waits = [
            t for t, works in zip(of, at_work, strict=True) if t[1].state in ACTIVE and not works
        ]
        due = [
            (i, run)
            for i, job, run in of
            if job.state == "pending" and not job.waits and run not in self.paused
        ]
        limit = max(window, 3 * len(busy))
        room = limit - sum(self.ids[i][2] < head for i, _, _ in waits)
        if room <= 0:
            return [], []
        others = [(i, run) for i, run in due if self.ids[i][2] >= head]
        kept = limit // 3 if others or any(self.ids[i][2] >= head for i, _, _ in waits) else 0
        first = sorted((self.ids[i][2], i) for i, _ in due if self.ids[i][2] < head)
        first = first[: max(0, room - kept)]
        room = limit - len(waits) - len(first)
        holds = {run: sum(j.state in ACTIVE for _, j, r in of if r == run) for run in self.sizes}
        later: list[int] = []
        while others and len(later) < room:
            oldest = {run: (job_id, run) for job_id, run in reversed(others)}.values()
            turn = min(oldest, key=lambda t: (holds[t[1]], self.ids[t[0]][2], t[1]))
            others.remove(turn)
            holds[turn[1]] += 1
            later.append(turn[0])
        return [job_id for _, job_id in first], later

    def mark(self, job_ids: Collection[int]) -> None:
        """What dispatch does once the messages are sent."""
        for job in (self.jobs[self.ids[job_id]] for job_id in job_ids):
            if job.state == "pending":
                job.state, job.aged = "queued", False

    def command(self, name: str, run: int) -> None:
        """Pause, resume or cancel."""
        if run in self.cancelled:
            return
        mine = [job for key, job in self.jobs.items() if key[0] == run]
        if name == "cancel":
            self.cancelled.add(run)
            for job in mine:
                if job.state in OPEN:
                    job.state, job.lease, job.waits, job.aged = "cancelled", None, False, False
            return
        if name == "pause" or run in self.paused:
            for job in mine:
                if job.state == "queued":
                    job.state, job.aged = "pending", False
        (self.paused.add if name == "pause" else self.paused.discard)(run)

    def replay(self, run: int, job_size: int) -> int:
        """Documents that get another go: those with a letter, cut out of what went well."""
        for key, job in self.jobs.items():
            job.waits &= not (key[0] == run and job.state == "pending")
        if run in self.cancelled:
            return 0
        letters = {w for w in self.written if w[0] == run and w[3].startswith("dead letter")}
        self.written -= letters
        dead = {written[:3] for written in letters}
        # What others need is replayed before them, and then they wait for it.
        mine = sorted(self.jobs.items(), key=lambda item: bool(self.needs[run].get(item[0][1])))
        for (_, analysis, first), job in [item for item in mine if item[0][0] == run]:
            if job.state not in ("done", "dead") or not job.failed:
                continue
            flags = [(run, analysis, place) in dead for place in range(first, job.end)]
            for start, end, again in pieces(first, flags, job_size):
                old = job if start == first else ModelJob(0, worker=job.worker, aged=job.aged)
                if again:
                    waits = self.waits((run, analysis, start), end)
                    piece = ModelJob(end, "blocked" if waits else "pending", fence=old.fence)
                else:
                    piece = replace(old, state=job.state, attempts=job.attempts, failed=0, end=end)
                self.jobs[run, analysis, start] = piece
        return len(letters)

    def overdue(self, analysis: str) -> set[int]:
        return {
            i
            for i, key in self.ids.items()
            if key[1] == analysis and self.jobs[key].state == "queued" and self.jobs[key].aged
        }

    def queued(self, analysis: str) -> int:
        return sum(k[1] == analysis and j.state == "queued" for k, j in self.jobs.items())


def pieces(first: int, flags: Sequence[bool], most: int) -> list[tuple[int, int, bool]]:
    """Positions cut wherever the flag changes, and where more than `most` flagged ones follow."""
    found: list[tuple[int, int, bool]] = []
    for place, flag in enumerate(flags, first):
        start, end, last = found[-1] if found else (place, place, not flag)
        if last == flag and not (flag and end - start == most):
            found[-1] = (start, end + 1, flag)
        else:
            found.append((place, place + 1, flag))
    return found


def label(claim: Claim) -> str:
    """What the holder of a claim writes: tells whose result it is."""
    return f"claim {claim.fence}"


def letter(error_class: str, attempts: int) -> str:
    """A dead letter's words."""
    return f"dead letter: {error_class} after {attempts}"
