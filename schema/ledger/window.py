"""The dispatch window: which jobs of an analysis are on their way, and which have begun lately."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, case, func, select

from schema.ledger.waiting import is_first, is_small
from schema.tables import Job, JobState, Run

#: Documents that have begun last and decide whose turn it is, …
LATELY = 512
#: … and jobs that are read for them at the most.
LATEST_JOBS = 128


@dataclass(slots=True)
class Flight:
    """The jobs that are on their way: queued or running.

    Attributes:
        busy: How many workers compute.
        thirds: Of large runs' part of these, the thirds: three of each that computes for nobody
            else, and one where small runs go before them.
        urgent: Jobs of first documents that wait in Redis or are prefetched, …
        later: … and other jobs that do.
        small: Documents of small runs that do.
        holds: By run, jobs that wait so or are computed.
    """

    busy: int = 0
    thirds: int = 0
    urgent: int = 0
    later: int = 0
    small: int = 0
    holds: dict[int, int] = field(default_factory=dict)

    @property
    def large_have_their_part(self) -> bool:
        """Whether large runs have a third of the workers that compute, if any does."""
        return self.thirds >= self.busy > 0


_DOCUMENTS = Job.end_position - Job.first_position


def in_flight(connection: Connection, analysis: str) -> Flight:
    """Count what of an analysis is queued or running, in one statement."""
    # A prefetched job waits with its worker as others do in Redis.
    at_work = Job.started_at.is_not(None) & (Job.state == JobState.RUNNING)
    rows = connection.execute(
        select(
            Job.run_id,
            is_first().label("first"),
            is_small().label("small"),
            case((at_work, Job.worker)).label("worker"),
            at_work.label("at_work"),
            func.count().label("jobs"),
            func.sum(_DOCUMENTS).label("documents"),
        )
        .join(Run, Run.id == Job.run_id)
        .where(Job.analysis == analysis, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
        .group_by("run_id", "first", "small", "worker", "at_work")
    ).all()
    small = {row.worker for row in rows if row.at_work and row.small}
    large = {row.worker for row in rows if row.at_work and not row.small}
    flight = Flight(busy=len(small | large), thirds=3 * len(large - small) + len(large & small))
    for row in rows:
        flight.holds[row.run_id] = flight.holds.get(row.run_id, 0) + row.jobs
        if not row.at_work:
            flight.urgent += row.jobs if row.first else 0
            flight.later += 0 if row.first else row.jobs
            flight.small += int(row.documents) if row.small else 0
    return flight


def recently_started(connection: Connection, analysis: str) -> tuple[int, int]:
    """Count, of the documents that have begun last, those of small runs and those of large ones."""
    latest = connection.execute(
        select(is_small().label("small"), _DOCUMENTS.label("documents"))
        .join(Run, Run.id == Job.run_id)
        .where(Job.analysis == analysis, Job.started_at.is_not(None))
        .order_by(Job.started_at.desc())
        .limit(LATEST_JOBS)
    )
    sums = {True: 0, False: 0}
    for row in latest:
        if sum(sums.values()) >= LATELY:
            break
        sums[bool(row.small)] += row.documents
    return sums[True], sums[False]
