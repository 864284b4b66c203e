"""The jobs of a child that its engine computes: given to it, and not finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from schema.ledger.claim import Claim
from workers.child.claimed_job import ClaimedJob
from workers.engine.waiting_windows import OTHERS, URGENT


@dataclass(frozen=True, slots=True)
class _Computing:
    """One of them, and since when."""

    job: ClaimedJob
    since: float


class ComputingJobs:
    """They, in the order in which they were given."""

    def __init__(self) -> None:
        self._by_id: dict[int, _Computing] = {}
        #: Documents of urgent jobs ahead of their part, times `OTHERS`.
        self._lead = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, job: ClaimedJob) -> None:
        """Note that the engine gets it."""
        if job.claim.job_id not in self._by_id:
            documents = job.claim.end_position - job.claim.first_position
            if job.urgency is not None:
                self._lead += OTHERS * documents
            else:
                # What others got while nothing urgent waited gives urgent ones no right later.
                self._lead = max(0, self._lead) - URGENT * documents
        self._by_id[job.claim.job_id] = _Computing(job, monotonic())

    def pop(self, job_id: int) -> ClaimedJob | None:
        """Let one go; None if it is not among them any more."""
        computing = self._by_id.pop(job_id, None)
        return None if computing is None else computing.job

    def pop_all(self, ids: Iterable[int] | None = None) -> list[ClaimedJob]:
        """Let these go, or all of them; those that are not among them are passed by."""
        wanted = list(self._by_id) if ids is None else ids
        return [job for one in wanted if (job := self.pop(one))]

    def drop(self, is_lost: Callable[[Claim], bool]) -> bool:
        """Let go of those whose claims are lost; True if none is left because of that."""
        lost = [number for number, one in self._by_id.items() if is_lost(one.job.claim)]
        return bool(self.pop_all(lost)) and not self._by_id

    @property
    def claims(self) -> list[Claim]:
        """Theirs."""
        return [one.job.claim for one in self._by_id.values()]

    @property
    def others_are_owed(self) -> bool:
        """Whether all are urgent, and more of their documents went before than is their part. In
        turn, job by job, large runs would get nearly all: their jobs are large.
        """
        return self.all_are_urgent and self._lead > 0

    @property
    def all_are_urgent(self) -> bool:
        """Whether none is of what lies behind the first documents of its run."""
        return all(one.job.urgency is not None for one in self._by_id.values())

    @property
    def oldest_seconds(self) -> float:
        """How long the first of them has been computed; 0 without any."""
        now = monotonic()
        return now - min((one.since for one in self._by_id.values()), default=now)

    def count(self, analysis: str) -> int:
        """How many are of this analysis; siblings are of others."""
        return sum(one.job.claim.analysis == analysis for one in self._by_id.values())
