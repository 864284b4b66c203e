"""Verify: all checks of one run or of all, and what a run adds up to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from schema.analyses import ANALYSES
from schema.options import RunOptions
from schema.tables import JobState, Run
from schema.verification.ordinals import check_ordinals
from schema.verification.outcomes import Tally, check_failed, check_outcomes, count_outcomes
from schema.verification.owners import check_owners
from schema.verification.rows import check_rows
from schema.verification.scope import RunRow, Scope
from schema.verification.slices import check_slices, check_states
from schema.verification.violation import Violation


@dataclass(frozen=True, slots=True)
class RunBooks:
    """A run, what it adds up to, and what does not.

    Attributes:
        run: Its row.
        analyses: By name, documents by the state of their jobs; a done one that failed is dead.
    """

    run: RunRow
    analyses: dict[str, dict[str, int]]
    violations: tuple[Violation, ...]

    def as_json(self) -> dict[str, Any]:
        """For `triage verify --json`."""
        run = self.run
        counts = ("read", "stored", "duplicate", "rejected", "forgotten")
        return {
            "run": run.name,
            "ok": not self.violations,
            **{name: getattr(run, name) for name in counts},
            "analyses": self.analyses,
            "violations": [violation.as_json() for violation in self.violations],
        }


def verify(database: Engine | Connection, run_id: int | None = None) -> list[Violation]:
    """Whether the books of a run, or of all runs, balance; may be asked at any time.

    Args:
        database: An engine, for a look at one moment; or a connection, whose transaction should
            see one moment (on PostgreSQL: REPEATABLE READ) while others write.
        run_id: A run, or None for all.

    Returns:
        What does not hold; empty when all does.
    """
    return [one for books in verify_runs(database, run_id) for one in books.violations]


def verify_runs(database: Engine | Connection, run_id: int | None = None) -> Iterator[RunBooks]:
    """The same run by run, oldest first, with what each adds up to."""
    with _snapshot(database) as connection:
        statement = select(Run.__table__).order_by(Run.id)
        if run_id is not None:
            statement = statement.where(Run.id == run_id)
        for row in connection.execute(statement).all():
            yield _verify_run(Scope(connection, _run_row(row)))


@contextmanager
def _snapshot(database: Engine | Connection) -> Iterator[Connection]:
    if isinstance(database, Connection):
        yield database
        return
    options: dict[str, Any] = {"triage_read_only": True}
    if database.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.connect().execution_options(**options) as connection:
        if database.dialect.name == "postgresql":
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
    )


def _verify_run(scope: Scope) -> RunBooks:
    violations = check_rows(scope)
    analyses = {}
    for analysis in ANALYSES:
        one = scope.of(analysis)
        slices = check_slices(one)
        tallies = count_outcomes(one)
        violations += slices + check_states(one) + check_outcomes(one, tallies)
        violations += check_failed(one) + check_ordinals(one)
        violations += check_owners(one, tiled=not slices and analysis in scope.run.analyses)
        if analysis in scope.run.analyses:
            analyses[analysis] = _totals(tallies)
    return RunBooks(scope.run, analyses, tuple(violations))


def _totals(tallies: dict[JobState, Tally]) -> dict[str, int]:
    totals = {state.value: tally.documents for state, tally in tallies.items()}
    failed = tallies[JobState.DONE].letters
    totals[JobState.DONE] -= failed
    totals[JobState.DEAD] += failed
    return totals
