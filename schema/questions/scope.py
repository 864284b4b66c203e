"""Which documents a question is about, and reading them: as reports do, through the views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult

from schema.reports import Condition, Period, Report, ReportOptions
from schema.reports.statement import make_statement
from schema.views.view import KINDS

#: Of columns that the databases would not give alike.
_TYPES = {"total": KINDS["number"], "squares": KINDS["number"], "last_day": KINDS["date"]}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents are asked about; all, with the results that count, unless it says otherwise.

    Attributes:
        period: When the customers wrote.
        where: Conditions that all hold, such as of a product.
        run_id: Only documents and results of this run.
    """

    period: Period = Period()
    where: tuple[Condition, ...] = ()
    run_id: int | None = None

    @property
    def is_everything(self) -> bool:
        """Whether it leaves nothing out."""
        return self == Scope()


def select_rows(
    connection: Connection, sql: str, scope: Scope, by: str | None = None, **parameters: Any
) -> list[Any]:
    """The rows of a SELECT on the views, of the documents that are asked about.

    Args:
        connection: Open.
        sql: May have `/* by */`, as reports have; what it gives there is named `by_what`.
        scope: Which documents.
        by: `day`, `week`, `month`, `source`, `product`, `language` or `metadata.KEY`.
        parameters: By the names that they have in the SELECT.

    Raises:
        ReportError: If there is nothing by which `by` could break down.
    """
    return list(select_result(connection, sql, scope, by, **parameters).all())


def select_result(
    connection: Connection, sql: str, scope: Scope, by: str | None = None, **parameters: Any
) -> CursorResult[Any]:
    """The same before any row has been read; to be closed."""
    options = ReportOptions(run_id=scope.run_id, period=scope.period, where=scope.where, by=by)
    made = make_statement(connection, Report("question", "", sql), options)
    made.parameters.update(parameters)
    made.types = {**made.types, **_TYPES}
    return connection.execute(made.compiled())
