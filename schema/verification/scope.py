"""What a check looks at: one run, in one snapshot of the database, and perhaps one analysis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Executable, text

from schema.options import RunOptions
from schema.results import OrdinalTable, result_table
from schema.verification.violation import ROWS_NAMED, Violation, distinct


@dataclass(frozen=True, slots=True)
class RunRow:
    """What a check needs to know of a run."""

    id: int
    name: str
    analyses: tuple[str, ...]
    options: RunOptions
    read: int
    stored: int
    duplicate: int
    rejected: int
    forgotten: int


@dataclass(frozen=True, slots=True)
class Scope:
    """A run and an analysis of it; `analysis` is empty for checks of the run as a whole."""

    connection: Connection
    run: RunRow
    analysis: str = ""

    def of(self, analysis: str) -> Scope:
        """The same run, one analysis."""
        return replace(self, analysis=analysis)

    @property
    def table(self) -> str:
        """The analysis's result table."""
        return result_table(self.analysis).__tablename__  # type: ignore[attr-defined, no-any-return]

    @property
    def many_rows(self) -> bool:
        """Whether a document may have several rows of results."""
        return issubclass(result_table(self.analysis), OrdinalTable)

    def rows(self, statement: str | Executable, **parameters: Any) -> Any:
        """Run a statement that may name `:run` and `:analysis`."""
        if isinstance(statement, str):
            known = {"run": self.run.id, "analysis": self.analysis} | parameters
            used = {name: value for name, value in known.items() if f":{name}" in statement}
            return self.connection.execute(text(statement), used)
        return self.connection.execute(statement)

    def violation(self, check: str) -> Violation:
        """A violation that no single row is to blame for."""
        return Violation(self.run.name, self.analysis or None, check)

    def find(self, check: str, statement: str | Executable, **parameters: Any) -> list[Violation]:
        """The violation that a statement finds, if it finds any row.

        Args:
            check: What does not hold.
            statement: Gives the rows that break it: `job_id` and `document_id`, either or null.
            parameters: Of the statement, further to `:run` and `:analysis`.
        """
        named: list[tuple[int | None, int | None]] = []
        more = 0
        for row in self.rows(statement, **parameters):
            if len(named) < ROWS_NAMED:
                named.append((row.job_id, row.document_id))
            else:
                more += 1
        if not named:
            return []
        jobs, documents = (distinct(ids) for ids in zip(*named, strict=True))
        return [Violation(self.run.name, self.analysis or None, check, jobs, documents, more)]
