"""Replay: dead letters are tried again, and jobs that wait out a back-off are due at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.ledger.needs import Needs, in_order
from schema.ledger.unblock import must_wait
from schema.tables import DeadLetter, Job, JobState, Run, RunDocument

#: Jobs that one transaction replays at the most, so that no worker waits long for it.
REPLAY_LIMIT = 100


@dataclass(frozen=True, slots=True)
class SliceCut:
    """A part of a job's slice, `end` exclusive, whose documents are replayed all, or none."""

    first: int
    end: int
    replayed: bool


def make_due(engine: Engine, run_id: int, analysis: str | None = None) -> int:
    """End the back-off of pending jobs; returns how many had one.

    Args:
        engine: The database.
        run_id: The run.
        analysis: Only this one; None for all.
    """
    waiting = (Job.run_id == run_id, Job.state == JobState.PENDING, Job.not_before > now())
    only = () if analysis is None else (Job.analysis == analysis,)
    # In order of id, as everybody locks several jobs.
    delayed = select(Job.id).where(*waiting, *only).order_by(Job.id).with_for_update()
    with writing(engine) as connection:
        statement = update(Job).where(Job.id.in_(delayed)).values(not_before=None)
        return connection.execute(statement).rowcount


def replay(
    engine: Engine, run_id: int, analysis: str | None = None, *, job_size: int
) -> Counter[str]:
    """Delete the dead letters of a run, and make pending jobs of just those documents.

    What went well stays as it is: a job is cut where its dead letters stand. Any number of replays
    may run at once; a document is replayed by one of them. What other analyses need is replayed
    before these, whose own pieces then wait for it; jobs that did not fail do not wait again.

    Args:
        engine: The database.
        run_id: The run. Of a cancelled one nothing is replayed.
        analysis: Only this one; None for all.
        job_size: Most documents in a new job.

    Returns:
        Documents that are replayed, by analysis.
    """
    replayed: Counter[str] = Counter()
    newest, needs = _newest_job(engine, run_id), _needs(engine, run_id)
    passes: list[str | None] = [analysis]
    if needs and analysis is None:
        passes = [*in_order(list(needs), needs)]
    for one in passes:
        last = 0
        while jobs := _jobs_between(engine, last, newest, run_id, one):
            with writing(engine) as connection:
                if not _stays_open(connection, run_id):
                    return +replayed
                for job in _lock(connection, jobs):
                    replayed[job.analysis] += _replay_job(connection, job, job_size, needs)
            last = jobs[-1]
    return +replayed


def _needs(engine: Engine, run_id: int) -> Needs:
    """The needs of a run, with all of its analyses; empty if none needs another."""
    with reading(engine) as connection:
        found = select(Run.analyses, Run.needs).where(Run.id == run_id)
        row = connection.execute(found).one_or_none()
    if row is None or not any((row.needs or {}).values()):
        return {}
    return {name: row.needs.get(name, ()) for name in row.analyses}


def _newest_job(engine: Engine, run_id: int) -> int:
    """The id of the run's newest job, where a replay ends: jobs that it makes itself have higher
    ids, and what fails again in those is not tried once more by the same command.
    """
    with reading(engine) as connection:
        found = select(func.coalesce(func.max(Job.id), 0)).where(Job.run_id == run_id)
        return int(connection.execute(found).scalar_one())


def _jobs_between(
    engine: Engine, last: int, newest: int, run_id: int, analysis: str | None
) -> list[int]:
    """Ids of the next jobs that have dead letters, behind `last` and up to `newest`."""
    only = () if analysis is None else (Job.analysis == analysis,)
    with reading(engine) as connection:
        found = connection.execute(
            select(Job.id)
            .where(Job.run_id == run_id, Job.id > last, Job.id <= newest, *_WITH_LETTERS, *only)
            .order_by(Job.id)
            .limit(REPLAY_LIMIT)
        )
        return list(found.scalars())


_WITH_LETTERS = (Job.state.in_([JobState.DONE, JobState.DEAD]), Job.failed > 0)


def _stays_open(connection: Connection, run_id: int) -> bool:
    """Whether the run is not cancelled, nor can be before we commit."""
    found = select(Run.cancelled_at).where(Run.id == run_id).with_for_update(read=True)
    return connection.execute(found).scalar_one() is None


def _lock(connection: Connection, jobs: Sequence[int]) -> Sequence[Row[Any]]:
    """Lock the jobs, but for those that somebody else has replayed meanwhile."""
    return connection.execute(
        select(Job.__table__)
        .where(Job.id.in_(jobs), *_WITH_LETTERS)
        .order_by(Job.id)
        .with_for_update()
    ).all()


def _replay_job(connection: Connection, job: Row[Any], job_size: int, needs: Needs) -> int:
    inside = connection.execute(
        select(RunDocument.document_id, RunDocument.position).where(
            RunDocument.run_id == job.run_id,
            RunDocument.position >= job.first_position,
            RunDocument.position < job.end_position,
        )
    )
    positions_of = {row.document_id: row.position for row in inside}
    # By their ids, not by a join: PostgreSQL plans that badly on a table it has not analysed yet.
    replayed = connection.execute(
        delete(DeadLetter)
        .where(
            DeadLetter.run_id == job.run_id,
            DeadLetter.analysis == job.analysis,
            DeadLetter.document_id.in_(positions_of),
        )
        .returning(DeadLetter.document_id)
    ).scalars()
    positions = sorted(positions_of[document_id] for document_id in replayed)
    if not positions:
        return 0
    parts = cut(job.first_position, job.end_position, positions, job_size)
    key = {"run_id": job.run_id, "analysis": job.analysis, "fence": 0}
    for number, (part, reused) in enumerate(zip(parts, _reused(job, parts), strict=True)):
        values = _values(job, part) | _state(connection, job, part, needs) | {"reused": reused}
        if number:
            connection.execute(insert(Job).values(key | values))
        else:
            connection.execute(update(Job).where(Job.id == job.id).values(values))
    return len(positions)


def _reused(job: Row[Any], parts: Sequence[SliceCut]) -> Iterator[int]:
    """How many documents of each part count as reused: together as many as of the job, of which
    none is replayed.
    """
    left = job.reused
    for part in parts:
        reused = 0 if part.replayed else min(left, part.end - part.first)
        left -= reused
        yield reused


def _state(connection: Connection, job: Row[Any], part: SliceCut, needs: Needs) -> dict[str, Any]:
    """The state of a part: open again, or closed as the job was."""
    if not part.replayed:
        return {"state": job.state}
    positions = range(part.first, part.end)
    waits = must_wait(connection, job.run_id, needs, job.analysis, positions)
    return {"state": JobState.BLOCKED if waits else JobState.PENDING}


def cut(first: int, end: int, dead: Sequence[int], job_size: int) -> list[SliceCut]:
    """Cut a slice into parts of dead positions that follow each other, `job_size` at the most, and
    the parts between them.

    Args:
        first: First position, inclusive.
        end: Last position, exclusive.
        dead: Positions in between, in order.
        job_size: Most positions in a dead part.
    """
    runs: list[SliceCut] = []
    for position in dead:
        newest = runs[-1] if runs else None
        if newest and newest.end == position and position - newest.first < job_size:
            runs[-1] = SliceCut(newest.first, position + 1, True)
        else:
            runs.append(SliceCut(position, position + 1, True))
    edges = [SliceCut(first, first, True), *runs, SliceCut(end, end, True)]
    between = [
        SliceCut(left.end, right.first, False)
        for left, right in pairwise(edges)
        if left.end < right.first
    ]
    return sorted([*runs, *between], key=lambda part: part.first)


def _values(job: Row[Any], part: SliceCut) -> dict[str, Any]:
    """The other columns of a part: as new, or as the job's with its share of the time."""
    where = {"first_position": part.first, "end_position": part.end, "failed": 0}
    nothing = ("lease_until", "not_before", "queued_at", "error_class", "error_message")
    if part.replayed:
        unknown = (*nothing, "worker", "started_at", "finished_at", "seconds")
        return where | {"attempts": 0} | dict.fromkeys(unknown)
    share = (part.end - part.first) / (job.end_position - job.first_position)
    kept = ("attempts", "worker", "queued_at", "started_at", "finished_at")
    return (
        where
        | {name: getattr(job, name) for name in kept}
        | {"seconds": None if job.seconds is None else job.seconds * share}
    )
