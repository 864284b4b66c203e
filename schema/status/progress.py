"""Progress of runs: how far each analysis is, how fast it goes, and when it will have finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from schema.analyses import ANALYSES
from schema.database.clock import now
from schema.status.runs import find_run
from schema.status.tally import LONG_SPAN, SHORT_SPAN, count_abstentions, tally
from schema.tables import Job, Run, RunState

#: Jobs that must have finished within the short span for it to say anything.
ENOUGH_JOBS = 4


@dataclass(frozen=True, slots=True)
class AnalysisProgress:
    """One analysis of a run, counted in documents:
    `documents = done + in_flight + waiting + dead + cancelled + not analysed`. A document that was
    forgotten since counts where it stood, or as done.

    Attributes:
        rate: Documents a second, dead ones included: lately, or over all when it has finished.
        seconds_left: Seconds until it finishes at this rate; None when nobody can say.
        blocked: Those of the waiting ones whose turn comes only after other analyses, …
        waits_for: … which are these.
        not_analysed: Documents that were left alone, by the reason.
        reused: Those of the done ones that took results that were there already.
    """

    analysis: str
    documents: int
    done: int
    in_flight: int
    waiting: int
    dead: int
    cancelled: int
    rate: float
    seconds_left: float | None
    blocked: int = 0
    waits_for: tuple[str, ...] = ()
    not_analysed: dict[str, int] = field(default_factory=dict)
    reused: int = 0

    @property
    def abstained(self) -> int:
        """How many documents were left alone."""
        return sum(self.not_analysed.values())


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run, its counts of rows, and its analyses in standard order.

    Attributes:
        forgotten: How many of the run's documents were forgotten since.
        updated: Rows that changed a document that was stored before.
    """

    run: str
    state: str
    created_at: datetime
    ingested_at: datetime | None
    paused_at: datetime | None
    cancelled_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None
    read: int
    stored: int
    duplicate: int
    rejected: int
    forgotten: int
    updated: int
    analyses: tuple[AnalysisProgress, ...]

    @property
    def finished(self) -> bool:
        """Whether no more input can come in, and no job of it is left to do."""
        left = sum(one.in_flight + one.waiting for one in self.analyses)
        return self._complete and left == 0

    @property
    def _complete(self) -> bool:
        return self.state == RunState.INGESTED or self.cancelled_at is not None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the slowest analysis finishes; None when nobody can say."""
        if not self._complete:
            return None
        seconds = [one.seconds_left for one in self.analyses]
        known = [one for one in seconds if one is not None]
        return max(known, default=0.0) if len(known) == len(seconds) else None

    def as_json(self) -> dict[str, Any]:
        """The object that `triage status --json` prints; times in ISO 8601, seconds as numbers."""
        times = {
            field.name: time and time.isoformat()
            for field in fields(self)
            if field.name.endswith("_at")
            for time in [getattr(self, field.name)]
        }
        analyses = {
            "analyses": [asdict(one) | {"waits_for": list(one.waits_for)} for one in self.analyses]
        }
        more = {"finished": self.finished, "seconds_left": self.seconds_left}
        return asdict(self) | times | analyses | more


def run_progress(connection: Connection, name: str) -> RunProgress:
    """Read the progress of one run.

    Raises:
        UnknownRunError: If no run has this name.
    """
    found = progress_of(connection, [find_run(connection, name)])
    # If it was deleted in between, the next call raises an error that says which runs there are.
    return found[0] if found else run_progress(connection, name)


def all_progress(connection: Connection) -> list[RunProgress]:
    """Read the progress of all runs, newest first."""
    return progress_of(connection, None)


def progress_of(connection: Connection, run_ids: Sequence[int] | None) -> list[RunProgress]:
    """Read the progress of some runs, or of all (None), newest first, without deleted ones."""
    of_runs = () if run_ids is None else (Run.id.in_(run_ids),)
    of_jobs = () if run_ids is None else (Job.run_id.in_(run_ids),)
    runs = connection.execute(select(Run.__table__).where(*of_runs).order_by(Run.id.desc())).all()
    clock = connection.execute(select(now())).scalar_one()
    tallies: dict[int, dict[str, AnalysisProgress]] = {run.id: {} for run in runs}
    paused = {run.id for run in runs if run.paused_at is not None}
    needs = {run.id: run.needs or {} for run in runs}
    abstentions = count_abstentions(connection, run_ids)
    for row in connection.execute(tally(clock, of_jobs)):
        if row.run_id not in tallies:
            # It was made between the two statements.
            continue
        found = _analysis(row, clock)
        if row.run_id in paused and found.seconds_left:
            found = replace(found, seconds_left=None)
        if found.blocked:
            found = replace(found, waits_for=tuple(needs[row.run_id].get(row.analysis, ())))
        if reasons := abstentions.get((row.run_id, row.analysis)):
            done = max(0, found.done - sum(reasons.values()))
            found = replace(found, done=done, not_analysed=reasons)
        tallies[row.run_id][row.analysis] = found
    return [
        RunProgress(
            run=run.name,
            state=run.state,
            created_at=run.created_at,
            ingested_at=run.ingested_at,
            paused_at=run.paused_at,
            cancelled_at=run.cancelled_at,
            archived_at=run.archived_at,
            deleted_at=run.deleted_at,
            read=run.read,
            stored=run.stored,
            duplicate=run.duplicate,
            rejected=run.rejected,
            forgotten=run.forgotten,
            updated=run.updated,
            analyses=_in_order(run.analyses, tallies[run.id]),
        )
        for run in runs
    ]


def _in_order(
    names: Sequence[str], tallies: dict[str, AnalysisProgress]
) -> tuple[AnalysisProgress, ...]:
    known = [name for name in ANALYSES if name in names or name in tallies]
    others = sorted({*names, *tallies}.difference(ANALYSES))
    return tuple(
        tallies.get(name) or AnalysisProgress(name, 0, 0, 0, 0, 0, 0, 0.0, 0.0)
        for name in (*known, *others)
    )


def _analysis(row: Row[Any], clock: datetime) -> AnalysisProgress:
    documents, in_flight, waiting = int(row.documents), int(row.in_flight), int(row.waiting)
    dead, cancelled = int(row.dead), int(row.cancelled)
    left = in_flight + waiting
    closed = documents - left - cancelled
    rate = _recent_rate(row, clock) if left else _rate(closed, row.start, row.end)
    return AnalysisProgress(
        analysis=row.analysis,
        documents=documents,
        done=closed - dead,
        in_flight=in_flight,
        waiting=waiting,
        dead=dead,
        cancelled=cancelled,
        rate=rate,
        seconds_left=left / rate if rate else None if left else 0.0,
        blocked=int(row.blocked),
        reused=int(row.reused),
    )


def _recent_rate(row: Row[Any], clock: datetime) -> float:
    if row.short_jobs >= ENOUGH_JOBS:
        span, documents, start = SHORT_SPAN, row.short_documents, row.short_start
    else:
        span, documents, start = LONG_SPAN, row.long_documents, row.long_start
    # A worker that began a clock ago has not had the whole span to show what it can.
    begin = clock - timedelta(seconds=span)
    return _rate(int(documents), max(start, begin) if start else begin, clock)


def _rate(documents: int, start: datetime | None, end: datetime | None) -> float:
    if start is None or end is None or end <= start:
        return 0.0
    return documents / (end - start).total_seconds()
