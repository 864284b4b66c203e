"""Inserting many rows as the driver takes them: SQLAlchemy would look at every value of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from schema.database.base import Base


def insert_rows(
    connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows, of which there may be none; columns that they leave out get their default of the
    database.

    Args:
        connection: A transaction that may write.
        table: Whose columns hold what the driver takes as it is: numbers, texts, bytes, truth.
        rows: By name of column; all have the same.
    """
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    mark = ":{}" if connection.dialect.name == "sqlite" else "%({})s"
    names = ", ".join(map(quote, rows[0]))
    marks = ", ".join(map(mark.format, rows[0]))
    connection.exec_driver_sql(
        f"INSERT INTO {quote(table.__tablename__)} ({names}) VALUES ({marks})", list(rows)
    )
