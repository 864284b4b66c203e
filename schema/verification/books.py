"""Audit: all checks of one run or of all runs, and the documents that each adds up to.

Small runs are checked in batches, since a statement costs more than what it finds in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, select

from schema.database import reading
from schema.options import RunOptions
from schema.tables import JobState, Run
from schema.verification.ordinals import check_ordinals
from schema.verification.outcomes import Tallies, check_failed, check_outcomes, count_outcomes
from schema.verification.owners import check_owners
from schema.verification.rollups import check_rollups
from schema.verification.rows import check_rows, known_analyses
from schema.verification.scope import RunRow, Scope
from schema.verification.slices import check_slices, check_states
from schema.verification.violation import Violation
from schema.verification.waits import check_needs, check_waits

#: Documents that the runs of a batch have at the most; a run that has more is a batch of its own.
BATCH_DOCUMENTS = 200_000
#: Runs of a batch at the most.
BATCH_RUNS = 10_000
#: Documents of done jobs that were not analysed, beside the states in `RunAudit.analyses`.
ABSTAINED = "abstained"
#: What is left of a run that is being deleted need not add up.
_KEPT = Run.deleted_at.is_(None)


@dataclass(frozen=True, slots=True)
class RunAudit:
    """The result of all checks of one run.

    Attributes:
        run: The run's row.
        analyses: By name, documents by the state of their jobs; a done one that failed is dead, and
            one that was not analysed is `abstained`.
        violations: What does not hold; empty when all does.
    """

    run: RunRow
    analyses: dict[str, dict[str, int]]
    violations: tuple[Violation, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `triage verify --json` prints."""
        run = self.run
        counts = ("read", "stored", "updated", "duplicate", "rejected", "forgotten")
        return {
            "run": run.name,
            "ok": not self.violations,
            **{name: getattr(run, name) for name in counts},
            "analyses": self.analyses,
            "violations": [violation.as_json() for violation in self.violations],
        }


def verify(database: Engine | Connection, run_id: int | None = None) -> list[Violation]:
    """Check whether the counts of a run, or of all runs, add up; it may run at any time.

    Args:
        database: An engine, to check each run in a snapshot; or a connection, whose transaction
            should be a snapshot itself (on PostgreSQL: REPEATABLE READ) while others write.
        run_id: A run, or None for all.

    Returns:
        What does not hold; empty when all does.
    """
    return [one for audit in verify_runs(database, run_id) for one in audit.violations]


def verify_runs(database: Engine | Connection, run_id: int | None = None) -> Iterator[RunAudit]:
    """Do the same run by run, oldest first, with what each adds up to.

    All runs of a batch are checked in one snapshot, by one statement a check. On an engine each
    batch has a snapshot of its own, which is over before its first run is given: nobody's VACUUM is
    held back for longer than the checks of a batch, or of one large run, take.
    """
    if isinstance(database, Connection):
        for batch in _batches(database, run_id):
            yield from _verify_batch(database, batch)
        return
    with reading(database) as connection:
        batches = _batches(connection, run_id)
    for batch in batches:
        with _snapshot(database) as connection:
            found = _verify_batch(connection, batch)
        yield from found


def _batches(connection: Connection, run_id: int | None) -> list[range]:
    """Ranges of run ids, oldest first, that are looked at together."""
    statement = (
        select(Run.id, (Run.stored + Run.updated_positions).label("places"))
        .where(_KEPT)
        .order_by(Run.id)
    )
    if run_id is not None:
        statement = statement.where(Run.id == run_id)
    batches: list[range] = []
    documents = runs = 0
    for row in connection.execute(statement):
        documents, runs = documents + row.places, runs + 1
        if batches and documents <= BATCH_DOCUMENTS and runs <= BATCH_RUNS:
            batches[-1] = range(batches[-1].start, row.id + 1)
        else:
            batches.append(range(row.id, row.id + 1))
            documents, runs = row.places, 1
    return batches


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    options: dict[str, Any] = {"triage_read_only": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name == "postgresql":
            # Rows are only counted, so compiling costs more than it saves; hashes fit into memory.
            connection.exec_driver_sql("SET LOCAL jit = off")
            connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")
        yield connection


def _run_row(row: Any) -> RunRow:
    return RunRow(
        id=row.id,
        name=row.name,
        analyses=tuple(row.analyses),
        options=RunOptions.model_validate(row.options),
        read=row.read,
        stored=row.stored,
        duplicate=row.duplicate,
        rejected=row.rejected,
        forgotten=row.forgotten,
        updated=row.updated,
        updated_positions=row.updated_positions,
        rejects_forgotten=row.rejects_forgotten,
        needs=row.needs,
    )


def _verify_batch(connection: Connection, batch: range) -> list[RunAudit]:
    within = Run.id.between(batch.start, batch.stop - 1)
    statement = select(Run.__table__).where(within, _KEPT).order_by(Run.id)
    rows = connection.execute(statement).all()
    if not rows:
        # It was deleted since the batches were cut.
        return []
    scope = Scope(connection, [_run_row(row) for row in rows])
    audits = {run.name: RunAudit(run, {}, ()) for run in scope.runs}
    violations = check_rows(scope) + check_needs(scope) + check_rollups(scope)
    for analysis in known_analyses(scope):
        one = scope.of(analysis)
        tallies = count_outcomes(one)
        violations += _verify_analysis(one, tallies)
        for run in scope.runs:
            if analysis in run.analyses:
                audits[run.name].analyses[analysis] = _totals(tallies[run.id])
    of_run: dict[str, list[Violation]] = {}
    for violation in violations:
        of_run.setdefault(violation.run, []).append(violation)
    return [replace(one, violations=tuple(of_run.get(name, ()))) for name, one in audits.items()]


def _verify_analysis(scope: Scope, tallies: dict[int, Tallies]) -> list[Violation]:
    slices = check_slices(scope)
    broken = {violation.run for violation in slices}
    untiled = [
        run.id for run in scope.runs if run.name in broken or scope.analysis not in run.analyses
    ]
    return (
        slices
        + check_states(scope)
        + check_waits(scope)
        + check_outcomes(scope, tallies)
        + check_failed(scope)
        + check_ordinals(scope)
        + check_owners(scope, untiled)
    )


def _totals(tallies: Tallies) -> dict[str, int]:
    totals = {state.value: tally.documents for state, tally in tallies.items()}
    failed = tallies[JobState.DONE].letters
    totals[JobState.DONE] -= failed + tallies[JobState.DONE].abstentions
    totals[ABSTAINED] = tallies[JobState.DONE].abstentions
    totals[JobState.DEAD] += failed
    return totals
