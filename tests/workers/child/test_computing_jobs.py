"""Whose turn it is beside urgent jobs goes by documents, whatever the jobs' sizes. No clock."""

from __future__ import annotations

from schema.ledger.claim import Claim
from schema.options import RunOptions
from workers.child.claimed_job import ClaimedJob
from workers.child.computing_jobs import ComputingJobs

#: Documents of a job of a large run, and of an urgent one.
LARGE, SMALL = 256, 8


class Worker:
    """Computes one job after the other, and takes another when it is owed."""

    def __init__(self) -> None:
        self.jobs = ComputingJobs()
        self.documents = {"urgent": 0, "large": 0}
        self._number = 0

    def compute(self, kind: str) -> bool:
        """Compute a job; returns whether, beside it, one that is not urgent is owed."""
        self._number += 1
        first, size = (0, SMALL) if kind == "urgent" else (10_000, LARGE)
        claim = Claim(self._number, 1, "sentiment", first, first + size, 1, 1, RunOptions())
        self.jobs.add(ClaimedJob(claim, has_begun=True))
        # Given to the engine it is noted once more.
        self.jobs.add(ClaimedJob(claim, has_begun=True))
        owed = self.jobs.others_are_owed
        self.jobs.pop(self._number)
        self.documents[kind] += size
        return owed


def test_a_small_run_is_not_held_up_by_a_large_job_for_each_of_its_own() -> None:
    worker = Worker()
    assert worker.compute("urgent")
    worker.compute("large")
    # As many as 7 for 4 are: more than is left of a run of a hundred documents.
    assert not any(worker.compute("urgent") for _ in range(7 * LARGE // 4 // SMALL - 1))
    assert worker.compute("urgent")


def test_large_runs_keep_a_third_beside_urgent_jobs_that_never_end() -> None:
    worker = Worker()
    for _ in range(2_000):
        if worker.compute("urgent"):
            worker.compute("large")
    part = worker.documents["large"] / sum(worker.documents.values())
    assert 1 / 3 < part < 0.38


def test_what_large_runs_got_alone_is_not_held_against_them() -> None:
    worker, fresh = Worker(), Worker()
    for _ in range(50):
        worker.compute("large")
    fresh.compute("large")
    waited = [next(n for n in range(1_000) if one.compute("urgent")) for one in (worker, fresh)]
    assert waited[0] == waited[1]


def test_beside_a_large_job_nothing_is_owed() -> None:
    jobs = ComputingJobs()
    claim = Claim(1, 1, "sentiment", 10_000, 10_256, 1, 1, RunOptions())
    jobs.add(ClaimedJob(claim, has_begun=True))
    assert not jobs.others_are_owed
