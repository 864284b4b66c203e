"""Dispatch: keeps a bounded window of messages in Redis, taking turns among runs.

The first documents of every run are urgent: their messages are taken before all others, whatever
the analysis, so that a small run is soon through beside a large one. So that many small runs do not
keep a large one waiting for ever, they get, unless large ones have a third of the workers anyway,
four documents for three of large ones, and a lead.

Between two statements of it others claim, finish and dispatch: what was read may be overtaken, and
then a message too many or too few is sent, which does no harm.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.ledger.waiting import Waiting, first_jobs, later_jobs
from schema.ledger.window import Flight, in_flight, recently_started
from schema.tables import Job, JobState

#: Messages kept ready for each worker that is busy, with however many jobs at once.
MESSAGES_PER_WORKER = 3
#: Documents of small runs for each `PER_LARGE` of large ones, while these wait and have not a third
#: of the workers: so small runs take 7/4 of what they take alone, and large ones keep more than a
#: third, with the lead below.
PER_SMALL, PER_LARGE = 4, 3
#: Of the window, the part that is kept for messages that are not urgent, if there are any: a third.
LATER_PART = 3
#: Documents by which small runs may lead their part.
LEAD = 64


class Publish(Protocol):
    """A function that sends messages, as `Messages.publish` does."""

    def __call__(self, analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        """Send a message for each job to the analysis's queue, or raise."""


@dataclass(slots=True)
class Turn:
    """Jobs whose turn it is, in order.

    Attributes:
        urgent: Ids of jobs of the first documents of a run.
        later: Ids of other jobs.
    """

    urgent: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)


def dispatch(engine: Engine, publish: Publish, analysis: str, window: int) -> int:
    """Send messages for the next jobs of an analysis until the dispatch window is full.

    Sent first, marked after: a crash in between leaves jobs pending whose messages are out, and
    a doubled message does no harm, since only one claim finds the job.

    Args:
        engine: The database.
        publish: Sends the messages.
        analysis: Whose queue.
        window: Least number of queued jobs to keep.

    Returns:
        Messages sent.
    """
    turn = _next_jobs(engine, analysis, window)
    if turn.urgent:
        publish(analysis, turn.urgent, urgent=True)
    if turn.later:
        publish(analysis, turn.later, urgent=False)
    if sent := turn.urgent + turn.later:
        _mark(engine, sent)
    return len(sent)


def _mark(engine: Engine, jobs: Sequence[int]) -> None:
    # In order of id, and past what somebody else holds: two of us never wait for each other.
    mine = (
        select(Job.id)
        .where(Job.id.in_(jobs), Job.state == JobState.PENDING)
        .order_by(Job.id)
        .with_for_update(skip_locked=True)
    )
    with writing(engine) as connection:
        connection.execute(
            update(Job).where(Job.id.in_(mine)).values(state=JobState.QUEUED, queued_at=now())
        )


def _next_jobs(engine: Engine, analysis: str, window: int) -> Turn:
    with reading(engine) as connection:
        flight = in_flight(connection, analysis)
        limit = max(window, MESSAGES_PER_WORKER * flight.busy)
        if flight.urgent >= limit:
            return Turn()
        later = later_jobs(connection, analysis, limit)
        # A worker that has none of a large run takes one, which has to be there.
        kept = limit // LATER_PART if later or flight.later else 0
        first = first_jobs(connection, analysis, max(0, limit - kept - flight.urgent))
        urgent = first
        if first and (later or flight.later) and not flight.large_have_their_part:
            small, large = recently_started(connection, analysis)
            part = large * PER_SMALL // PER_LARGE + LEAD
            urgent = _within(part - small - flight.small, first)
    free = limit - flight.urgent - flight.later - len(urgent)
    chosen = _in_turn(later, flight, free)
    # Those beyond the lead wait behind the others, if the window has room for them.
    leading = [job.id for job in first if job not in urgent]
    chosen += leading[: max(0, free - len(chosen))]
    return Turn([job.id for job in urgent], chosen)


def _within(documents: int, jobs: Sequence[Waiting]) -> list[Waiting]:
    """The jobs that begin within so many documents of small runs."""
    chosen: list[Waiting] = []
    for job in jobs:
        if documents > 0 or not job.charged:
            documents -= job.charged
            chosen.append(job)
    return chosen


def _in_turn(jobs: Sequence[Waiting], flight: Flight, free: int) -> list[int]:
    """Choose `free` jobs: each is the oldest of the run that holds fewest, among equals of the one
    that is least far.
    """
    queues: dict[int, list[Waiting]] = {}
    for job in sorted(jobs, reverse=True):
        queues.setdefault(job.run, []).append(job)

    def turn(run: int, held: int) -> tuple[int, int, int]:
        return held, queues[run][-1].position, run

    turns = [turn(run, flight.holds.get(run, 0)) for run in queues]
    heapq.heapify(turns)
    chosen: list[int] = []
    while turns and len(chosen) < free:
        held, _, run = turns[0]
        chosen.append(queues[run].pop().id)
        if queues[run]:
            heapq.heapreplace(turns, turn(run, held + 1))
        else:
            heapq.heappop(turns)
    return chosen
