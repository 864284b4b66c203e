"""Counting themes by the week in which customers wrote."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Engine, delete, func, insert, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from schema.database import writing
from schema.tables import DocumentRow, DocumentTheme, Theme, ThemeWeek


class _Monday(FunctionElement[date]):
    """The Monday (UTC) of the week of a time."""

    type = Date()
    inherit_cache = True


@compiles(_Monday, "sqlite")
def _monday_of_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '-6 days', 'weekday 1')"


@compiles(_Monday, "postgresql")
def _monday_of_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(date_trunc('week', {compiler.process(element.clauses, **options)}) AS date)"


#: A theme that was merged into another counts as that.
COUNTED_AS = func.coalesce(Theme.merged_into, Theme.id)


def count_weeks(engine: Engine, set_id: int) -> None:
    """Count the documents of each theme and topic of a set by week, anew."""
    with writing(engine) as connection:
        connection.execute(delete(ThemeWeek).where(ThemeWeek.set_id == set_id))
        volumes = {week: texts for week, texts in connection.execute(_volumes(set_id))}
        rows = [
            {
                "set_id": set_id,
                "theme_id": theme,
                "week": week,
                "documents": documents,
                "texts": texts,
                "volume": volumes[week],
            }
            for column in (DocumentTheme.theme_id, DocumentTheme.topic_id)
            for theme, week, documents, texts in _counts(connection, set_id, column)
        ]
        if rows:
            connection.execute(insert(ThemeWeek), rows)


_WEEK = _Monday(DocumentRow.time)


def _counts(connection: Connection, set_id: int, column: Any) -> list[Any]:
    statement = (
        select(
            COUNTED_AS,
            _WEEK,
            func.count(DocumentTheme.document_id.distinct()),
            func.count(DocumentTheme.copy_key.distinct()),
        )
        .join(Theme, (Theme.set_id == DocumentTheme.set_id) & (Theme.id == column))
        .join(DocumentRow, DocumentRow.id == DocumentTheme.document_id)
        .where(DocumentTheme.set_id == set_id, DocumentRow.time.is_not(None))
        .group_by(COUNTED_AS, _WEEK)
    )
    return list(connection.execute(statement).all())


def _volumes(set_id: int) -> Any:
    return (
        select(_WEEK, func.count(DocumentTheme.copy_key.distinct()))
        .join(DocumentRow, DocumentRow.id == DocumentTheme.document_id)
        .where(DocumentTheme.set_id == set_id, DocumentRow.time.is_not(None))
        .group_by(_WEEK)
    )
