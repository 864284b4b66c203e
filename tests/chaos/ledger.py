"""What chaos looks at in the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from schema.tables import Job, JobState, Run, RunState

CLOSED = (JobState.DONE, JobState.DEAD, JobState.CANCELLED)
WAITING = (JobState.BLOCKED, JobState.PENDING, JobState.QUEUED)
OPEN = (*WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ledger at a moment.

    Attributes:
        closed: Jobs that are done, or dead.
        waiting: Jobs that nobody works on.
        running: Fences of the jobs that somebody works on, by id.
        queued: The same of the jobs whose messages should be in Redis.
    """

    closed: int
    waiting: int
    running: dict[int, int]
    queued: dict[int, int]


def take_snapshot(connection: Connection) -> Snapshot:
    """How things are."""
    rows = connection.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    counts = {row[0]: row[1] for row in rows}
    held: dict[str, dict[int, int]] = {JobState.RUNNING: {}, JobState.QUEUED: {}}
    for row in connection.execute(
        select(Job.id, Job.fence, Job.state).where(Job.state.in_(list(held)))
    ):
        held[row.state][row.id] = row.fence
    return Snapshot(
        closed=sum(counts.get(state, 0) for state in CLOSED),
        waiting=sum(counts.get(state, 0) for state in WAITING),
        running=held[JobState.RUNNING],
        queued=held[JobState.QUEUED],
    )


def has_moved_on(connection: Connection, held: dict[int, int]) -> bool:
    """Whether each of these jobs is closed by now, or was claimed since."""
    rows = connection.execute(select(Job.id, Job.fence, Job.state).where(Job.id.in_(held))).all()
    return all(row.state in CLOSED or row.fence > held[row.id] for row in rows)


def works(connection: Connection, node: str) -> bool:
    """Whether a child of this node has a job in its hands."""
    found = select(Job.id).where(Job.state == JobState.RUNNING, Job.worker.startswith(f"{node}@"))
    return connection.execute(found.limit(1)).first() is not None


def jobs_done(connection: Connection, node: str) -> int:
    """Jobs that children of this node have finished."""
    done = select(func.count()).select_from(Job).where(Job.state == JobState.DONE)
    return connection.execute(done.where(Job.worker.startswith(f"{node}@"))).scalar_one()


def open_jobs(connection: Connection) -> int:
    """Jobs that are not closed."""
    statement = select(func.count()).select_from(Job).where(Job.state.in_(OPEN))
    return connection.execute(statement).scalar_one()


def stored_documents(connection: Connection, run: str) -> int | None:
    """Documents that a run has so far; None when there is no such run yet."""
    return connection.execute(select(Run.stored).where(Run.name == run)).scalar_one_or_none()


def finished_runs(connection: Connection) -> set[str]:
    """Names of the runs with all of their input in and all of their jobs closed."""
    # By the index on the state: most jobs are closed.
    still_open = select(Job.run_id).where(Job.state.in_(OPEN)).distinct()
    names = select(Run.name).where(Run.state == RunState.INGESTED, Run.id.not_in(still_open))
    return set(connection.execute(names).scalars())


def describe_open_jobs(connection: Connection, limit: int = 40) -> list[str]:
    """A line for each of some jobs that are not closed: what to look at when nothing moves."""
    rows = connection.execute(
        select(Job.__table__).where(Job.state.in_(OPEN)).order_by(Job.id).limit(limit)
    )
    shown = [
        *("id", "run_id", "analysis", "state", "attempts", "fence", "worker", "lease_until"),
        *("not_before", "queued_at", "started_at", "first_position", "end_position"),
    ]
    return [" ".join(f"{name}={getattr(row, name)}" for name in shown) for row in rows]
