"""The run's row: made with the first block, locked by each, closed with the last."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from producer.ingest.counts import Counts
from producer.ingest.errors import IngestError
from producer.ingest.plan import Plan
from schema.database.clock import now
from schema.ledger.libraries import store_library
from schema.ledger.needs import Needs
from schema.tables import Run, RunState


@dataclass(frozen=True, slots=True)
class LockedRun:
    """A run that nobody else adds to until the transaction ends.

    Attributes:
        id: Its key.
        position: Of the next document.
        needs: As it was made with: those of a plan may have changed with the catalog.
    """

    id: int
    position: int
    needs: Needs


class RunGoneError(IngestError):
    """The run was cancelled or deleted while its rows came in: the same command does not resume."""


def make_run(connection: Connection, plan: Plan) -> None:
    """Make the plan's run if there is none of this name: once an ingestion, before its first block.

    A run that is not there at a later block was deleted meanwhile, and is not made anew.
    """
    if connection.execute(select(Run.id).where(Run.name == plan.run)).first() is not None:
        return
    if plan.options.replies is not None:
        store_library(connection, plan.options.replies)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = {
        "name": plan.run,
        "state": RunState.INGESTING,
        "analyses": list(plan.analyses),
        "options": plan.options.stored(),
        **({"needs": plan.needs} if plan.needs else {}),
        "fresh": plan.fresh,
        "read": 0,
        "stored": 0,
        "duplicate": 0,
        "rejected": 0,
        "created_at": now(),
    }
    connection.execute(dialect.insert(Run).values(new).on_conflict_do_nothing())


def lock_run(connection: Connection, plan: Plan) -> LockedRun:
    """Lock the plan's run, which `make_run` has made, until the transaction ends.

    Raises:
        IngestError: If there is a run of this name for other analyses or options, or one that is
            fresh where this is not.
        RunGoneError: If it is cancelled, or no longer there.
    """
    # Workers that write results hold a key share lock on the run; it must not keep us waiting.
    find = select(
        Run.id,
        (Run.stored + Run.updated_positions).label("position"),
        Run.analyses,
        Run.options,
        Run.needs,
        Run.fresh,
        Run.cancelled_at,
    ).where(Run.name == plan.run)
    find = find.with_for_update(key_share=True)
    found = connection.execute(find).one_or_none()
    options = plan.options.stored()
    if found is None:
        raise RunGoneError(
            f"run {plan.run} was deleted while its rows came in, and nothing of it is left; "
            "to take the rows in after all, run the same command again"
        )
    if tuple(found.analyses) != plan.analyses or found.options != options:
        raise IngestError(
            f"run {plan.run} exists with analyses {','.join(found.analyses)} and options "
            f"{found.options}, which are not those of this command; give another --run"
        )
    if found.fresh != plan.fresh:
        was = "with" if found.fresh else "without"
        raise IngestError(
            f"run {plan.run} was begun {was} --fresh; say the same again, or give another --run"
        )
    if found.cancelled_at is not None:
        raise RunGoneError(
            f"run {plan.run} is cancelled and takes no more rows; give another --run"
        )
    return LockedRun(found.id, found.position, found.needs or {})


def analysing_runs(connection: Connection, run: LockedRun, plan: Plan) -> list[int]:
    """Ids of other runs that have asked the same of their documents, or more analyses besides."""
    options = plan.options.stored()
    alive = (Run.cancelled_at.is_(None), Run.deleted_at.is_(None))
    found = connection.execute(
        select(Run.id, Run.analyses, Run.options).where(Run.id != run.id, *alive)
    )
    return [
        row.id
        for row in found
        if row.options == options and set(plan.analyses) <= set(row.analyses)
    ]


def count_block(connection: Connection, run: LockedRun, counts: Counts) -> None:
    """Add to the run the rows of a block that it has not counted before."""
    connection.execute(
        update(Run)
        .where(Run.id == run.id)
        .values(
            state=RunState.INGESTING,
            ingested_at=None,
            read=Run.read + counts.new,
            stored=Run.stored + counts.stored,
            updated=Run.updated + counts.updated,
            updated_positions=Run.updated_positions + counts.updated_positions,
            duplicate=Run.duplicate + counts.duplicate,
            rejected=Run.rejected + counts.rejected,
        )
    )


def close_run(connection: Connection, plan: Plan) -> None:
    """Say that all rows have been read."""
    connection.execute(
        update(Run).where(Run.name == plan.run).values(state=RunState.INGESTED, ingested_at=now())
    )
