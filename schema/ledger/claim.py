"""Claim: a worker takes a job, for as long as its lease holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, or_, select, update

from schema.database import writing
from schema.database.clock import after, now
from schema.ledger.libraries import read_library
from schema.ledger.needs import Needs
from schema.options import RunOptions
from schema.results.language import LanguageRow
from schema.results.reply import ReplyRow
from schema.tables import Job, JobState, Run

#: What the statement returns of a claimed job, for `_read_claim`.
_CLAIMED = (
    Job.id,
    Job.run_id,
    Job.analysis,
    Job.first_position,
    Job.end_position,
    Job.attempts,
    Job.fence,
    select(Run.options).where(Run.id == Job.run_id).scalar_subquery().label("options"),
    select(Run.needs).where(Run.id == Job.run_id).scalar_subquery().label("needs"),
    select(Run.fresh).where(Run.id == Job.run_id).scalar_subquery().label("fresh"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker holds.

    Attributes:
        first_position: Where its documents begin in the run, inclusive.
        end_position: Where they end, exclusive.
        attempts: Times that computing has begun, this one included unless it is prefetched.
        fence: Number of this claim; whoever holds an older one can finish nothing any more.
        needs: Of the run, by analysis.
        fresh: Whether all of its documents are to be computed, whatever is known of them.
    """

    job_id: int
    run_id: int
    analysis: str
    first_position: int
    end_position: int
    attempts: int
    fence: int
    options: RunOptions
    needs: Needs = field(default_factory=dict)
    fresh: bool = False

    @property
    def by_language(self) -> bool:
        """Whether its analysis reads documents by their language: that which the run has found, or,
        where it needs nothing, that which they came with.
        """
        needs = self.needs.get(self.analysis)
        return needs is not None and (not needs or LanguageRow.analysis in needs)


class UnknownOptionsError(ValueError):
    """A run asks for what this worker does not know. Its text is one sentence, with the fix."""


def claim(
    engine: Engine, job_id: int, analysis: str, worker: str, lease: float, *, ahead: bool = False
) -> Claim | None:
    """Take a job that waits, in one statement, so that of many who try just one succeeds.

    A job may be claimed before it is marked as queued: its message can be faster than the mark.

    Args:
        engine: The database.
        job_id: From the message.
        analysis: Whose queue the message came from.
        worker: Name of the node and child.
        lease: Seconds until the job counts as abandoned, unless a heartbeat renews it.
        ahead: Whether the job is prefetched: computing begins later, with `begin`, which charges
            the attempt.

    Returns:
        The claim, or None when there is nothing to claim: done already, claimed by another,
        not due yet, of a run that is paused, or no such job of this analysis. A late, doubled or
        forged message ends here.

    Raises:
        UnknownOptionsError: If the run was made by a newer producer. Nothing is claimed then.
    """
    claimed = claim_together(engine, job_id, [analysis], worker, lease, ahead=ahead)
    return claimed[0] if claimed else None


def claim_together(
    engine: Engine,
    job_id: int,
    analyses: Sequence[str],
    worker: str,
    lease: float,
    *,
    ahead: bool = False,
) -> list[Claim]:
    """Take a job that waits, and with it those of the same documents for other analyses, which go
    through their encoder with it.

    Each is claimed as if it were alone, with a fence, a lease and an attempt of its own. A sibling
    that is not there (done, paused, somebody else's) is simply not taken, nor is one that has been
    tried before: whatever a worker may have died of is computed by itself.

    Args:
        engine: The database.
        job_id: From the message.
        analyses: The first is that whose queue the message came from; the others may be taken too.
        worker: As for `claim`, likewise the others.

    Returns:
        The claim of the job first; nothing if that cannot be claimed.

    Raises:
        UnknownOptionsError: As `claim`.
    """
    analysis, *others = analyses
    values = _claim_values(worker, lease, ahead)
    first = update(Job).where(Job.id == job_id, Job.analysis == analysis, *_is_claimable())
    with writing(engine) as connection:
        row = connection.execute(first.values(values).returning(*_CLAIMED)).one_or_none()
        if row is None:
            return []
        # An error ends the transaction, so that nothing is claimed.
        claimed = [_with_library(connection, _read_claim(row))]
        if others and row.attempts == (0 if ahead else 1):
            siblings = update(Job).where(Job.id.in_(_siblings(row, others)))
            rows = connection.execute(siblings.values(values).returning(*_CLAIMED))
            claimed += sorted(map(_read_claim, rows), key=lambda one: one.job_id)
        return claimed


def _with_library(connection: Connection, claim: Claim) -> Claim:
    """The claim, with what is in the run's reply library where replies are taken from it."""
    library = claim.options.replies
    if library is None or claim.analysis != ReplyRow.analysis:
        return claim
    try:
        whole = read_library(connection, library)
    except LookupError as error:
        raise UnknownOptionsError(
            f"run {claim.run_id}: {error}; ingest the same files again with --replies and --run"
        ) from None
    return replace(claim, options=claim.options.model_copy(update={"replies": whole}))


def _claim_values(worker: str, lease: float, ahead: bool) -> dict[str, Any]:
    """What a claim writes into a job."""
    return {
        "state": JobState.RUNNING,
        "attempts": Job.attempts + (0 if ahead else 1),
        "fence": Job.fence + 1,
        "worker": worker,
        "lease_until": after(lease),
        "started_at": None if ahead else now(),
        "error_class": None,
        "error_message": None,
    }


def _siblings(row: Row[Any], analyses: Sequence[str]) -> Select[int]:
    """Jobs of the same slice that may be taken with one that has just been, past what somebody else
    holds: two workers that each have one of them never wait for each other.
    """
    return (
        select(Job.id)
        .where(
            Job.run_id == row.run_id,
            Job.analysis.in_(analyses),
            Job.first_position == row.first_position,
            Job.end_position == row.end_position,
            Job.attempts == 0,
            *_is_claimable(),
        )
        .order_by(Job.id)
        .with_for_update(skip_locked=True)
    )


def _is_claimable() -> Iterator[ColumnElement[bool]]:
    """What must hold of any job at the moment when it is claimed."""
    yield Job.state.in_([JobState.PENDING, JobState.QUEUED])
    yield or_(Job.not_before.is_(None), Job.not_before <= now())
    # Of the one run: the cost must not grow with the number of runs.
    yield select(Run.id).where(Run.id == Job.run_id, Run.paused_at.is_(None)).exists()


def _read_claim(row: Row[Any]) -> Claim:
    """The claim as the statement returned it; see `claim` for the error."""
    try:
        options = RunOptions.model_validate(row.options)
    except ValidationError as error:
        name = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        raise UnknownOptionsError(
            f"run {row.run_id} has an option that this worker does not know ({name}): "
            "upgrade feedback-triage here"
        ) from None
    return Claim(
        job_id=row.id,
        run_id=row.run_id,
        analysis=row.analysis,
        first_position=row.first_position,
        end_position=row.end_position,
        attempts=row.attempts,
        fence=row.fence,
        options=options,
        needs=row.needs or {},
        fresh=row.fresh,
    )
