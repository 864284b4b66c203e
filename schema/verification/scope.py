"""The scope of a check: some runs, in one snapshot of the database, and perhaps one analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, bindparam, text

from schema.options import RunOptions
from schema.results import OrdinalTable, result_table, rows_of
from schema.verification.violation import ROWS_NAMED, Violation, distinct


@dataclass(frozen=True, slots=True)
class RunRow:
    """The columns of a run that checks need."""

    id: int
    name: str
    analyses: tuple[str, ...]
    options: RunOptions
    read: int
    stored: int
    duplicate: int
    rejected: int
    forgotten: int
    updated: int = 0
    updated_positions: int = 0
    rejects_forgotten: int = 0
    needs: dict[str, list[str]] | None = None

    @property
    def positions(self) -> int:
        """Documents that have joined the run, forgotten ones included."""
        return self.stored + self.updated_positions


@dataclass(slots=True)
class _Broken:
    """The rows of a run that break a check: the first of them, and how many more there are."""

    named: list[tuple[int | None, int | None]] = field(default_factory=list)
    more: int = 0

    def add(self, job: int | None, document: int | None) -> None:
        if len(self.named) < ROWS_NAMED:
            self.named.append((job, document))
        else:
            self.more += 1


@dataclass(frozen=True, slots=True)
class Scope:
    """The runs that are checked together, at least one, in order of their ids; and an analysis of
    them, empty for checks of the runs as a whole.

    A check is one statement for all of them, so that a thousand small runs cost what one does.
    """

    connection: Connection
    runs: Sequence[RunRow]
    analysis: str = ""

    def of(self, analysis: str) -> Scope:
        """The scope of the same runs with one analysis."""
        return replace(self, analysis=analysis)

    @property
    def table(self) -> str:
        """The analysis's results, as they stand behind FROM."""
        return rows_of(self.analysis)

    @property
    def many_rows(self) -> bool:
        """Whether a document may have several rows of results."""
        return issubclass(result_table(self.analysis), OrdinalTable)

    @property
    def may_be_empty(self) -> bool:
        """Whether a document may go without a row of results."""
        table = result_table(self.analysis)
        return issubclass(table, OrdinalTable) and table.may_be_empty

    def within(self, column: str) -> str:
        """The condition that the id in `column` is that of one of the runs. Each table of a
        statement needs it: databases do not conclude it from another table's.
        """
        # A range may hold a run that is not checked; what is found of that one is left out.
        return f"{column} = :first" if len(self.runs) == 1 else f"{column} BETWEEN :first AND :last"

    def rows(self, statement: str, **parameters: Any) -> Any:
        """Run a statement that may name `:analysis`, and whose conditions are those of `within`.

        Args:
            statement: Plain SQL for both databases.
            parameters: Further parameters; a list stands behind IN.
        """
        ends = {"first": self.runs[0].id, "last": self.runs[-1].id}
        known = ends | {"analysis": self.analysis} | parameters
        used = {name: value for name, value in known.items() if f":{name}" in statement}
        lists: list[Any] = [
            bindparam(name, expanding=True)
            for name, value in used.items()
            if isinstance(value, list)
        ]
        return self.connection.execute(text(statement).bindparams(*lists), used)

    def by_run(self, statement: str, **parameters: Any) -> dict[int, int]:
        """Run a statement that gives `run_id` and a number; return the numbers by the run's id."""
        return {row[0]: int(row[1]) for row in self.rows(statement, **parameters)}

    def violation(self, run: RunRow, check: str) -> Violation:
        """Make a violation of which no single row is the cause."""
        return Violation(run.name, self.analysis or None, check)

    def find(self, check: str, statement: str, **parameters: Any) -> list[Violation]:
        """Find violations with a statement, one for each run that it finds rows of.

        Args:
            check: What does not hold.
            statement: Gives the rows that break it: `run_id`, and `job_id` and `document_id`,
                either or null; those of a run in the order in which they are to be named.
            parameters: Parameters of the statement, further to those of `rows`.
        """
        names = {run.id: run.name for run in self.runs}
        broken: dict[int, _Broken] = {}
        for row in self.rows(statement, **parameters):
            if row.run_id in names:
                broken.setdefault(row.run_id, _Broken()).add(row.job_id, row.document_id)
        found = []
        for run_id, rows in broken.items():
            jobs, documents = (distinct(ids) for ids in zip(*rows.named, strict=True))
            where = (names[run_id], self.analysis or None)
            found.append(Violation(*where, check, jobs, documents, rows.more))
        return found
