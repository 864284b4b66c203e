"""Reading millions of numbers: rows as arrays, without a row of Python's for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, event, func, select

from schema.questions.number_format import FORMATS, Column, Whole
from schema.questions.scope import Scope, select_rows
from schema.reports.restriction import reads
from schema.tables import DocumentRow
from schema.views.rollup import ANY_STALE, ROLLUPS

#: Ids whose numbers come as one value, which may have a gigabyte. More are grouped, which takes a
#: third longer.
_BLOCK = 10_000_000
#: The format of values, of PostgreSQL's protocol.
_BINARY = 1
#: Of so many documents one is asked about, if it is worth while to read the rows of all.
_DENSE = 4
#: Where no rollup of documents is stale, their table has all that the view has, which takes
#: PostgreSQL three times as long to read.
_OF_TABLE = f"WITH {ROLLUPS[0].in_front(f'WHERE NOT {ANY_STALE}')}"


def is_dense(documents: NDArray[np.int64]) -> bool:
    """Whether documents, by their ids in order, are so many of those between the first and the last
    that the rows of all had better be read, and others left out: to look up those of each takes
    PostgreSQL five times as long.
    """
    return bool(len(documents) and len(documents) * _DENSE > documents[-1] - documents[0])


def select_numbers(
    connection: Connection, columns: Sequence[Column], rest: str, scope: Scope, **parameters: Any
) -> NDArray[np.float64]:
    """The rows of a SELECT of numbers (rows × columns), NaN where one is null; whole numbers are
    exact up to 2^53.

    Args:
        connection: Open.
        columns: The first grows with an id.
        rest: From `FROM` on, without an order.
        scope: Which documents.
        parameters: By the names that they have in the SELECT.
    """
    return _select(connection, columns, rest, scope, np.float64, parameters)


def select_integers(
    connection: Connection, columns: Sequence[str], rest: str, scope: Scope, **parameters: Any
) -> NDArray[np.int64]:
    """As `select_numbers`, of whole numbers of 64 bits, none of which is null."""
    return _select(connection, [*map(Whole, columns)], rest, scope, np.int64, parameters)


def select_ids_by(
    connection: Connection, key: Sequence[str], ids: str, rest: str, scope: Scope, **parameters: Any
) -> dict[tuple[Any, ...], NDArray[np.int64]]:
    """The ids of rows of a SELECT, in no order, by the values of some columns.

    Args:
        connection: Open.
        key: These columns.
        ids: The column of the ids, which may have one several times.
        rest: From `FROM` on, without an order.
        scope: Which documents.
        parameters: By the names that they have in the SELECT.
    """
    form, column = FORMATS[connection.dialect.name], Whole(ids)
    groups = [str(place) for place in range(1, len(key) + 1)]
    if _highest_id(connection) > _BLOCK:
        groups.append(f"{ids} / {_BLOCK}")
    values = ", ".join([*key, form.joined(column)])
    with _as_bytes(connection):
        sql = f"SELECT {values} {rest} GROUP BY {', '.join(groups)}"
        rows = select_rows(connection, sql, scope, **parameters)
    found: dict[tuple[Any, ...], list[Any]] = {}
    for *names, many in rows:
        found.setdefault(tuple(names), []).append(many)
    return {names: form.read(each, column).astype(np.int64) for names, each in found.items()}


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The different values in order. Newer versions of numpy put millions into a hash table for
    that, which takes ten times as long as to sort them.
    """
    ordered = np.sort(values)
    return (
        ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(values) else ordered
    )


def _select(
    connection: Connection,
    columns: Sequence[Column],
    rest: str,
    scope: Scope,
    kind: Any,
    parameters: dict[str, Any],
) -> NDArray[Any]:
    form = FORMATS[connection.dialect.name]
    values = ", ".join(map(form.joined, columns))
    if _highest_id(connection) > _BLOCK:
        first = columns[0] if isinstance(columns[0], str) else columns[0].sql
        rest += f" GROUP BY ({first}) / {_BLOCK}"
    with _as_bytes(connection):
        rows: Sequence[Any] = ()
        if _reads_view(connection, rest, scope):
            # Only within one statement nothing becomes stale between the answer and the rows.
            sql = f"{_OF_TABLE} SELECT {values}, {ANY_STALE} {rest}"
            rows = select_rows(connection, sql, scope, **parameters)
        if not rows or rows[0][-1]:
            rows = select_rows(connection, f"SELECT {values} {rest}", scope, **parameters)
    # Without any rows there is one, without any value.
    found = [row for row in rows if row[0] is not None]
    if not found:
        return np.empty((0, len(columns)), dtype=kind)
    read = [form.read([row[n] for row in found], one) for n, one in enumerate(columns)]
    return np.column_stack(read).astype(kind, copy=False)


def _reads_view(connection: Connection, rest: str, scope: Scope) -> bool:
    """Whether the view of rollups would be read; on SQLite it is not without need."""
    of_all = scope.is_everything and reads(rest, [ROLLUPS[0].name])
    return of_all and connection.dialect.name == "postgresql"


@contextmanager
def _as_bytes(connection: Connection) -> Iterator[None]:
    """Ask PostgreSQL for values as they are: as text, which is usual, bytes are twice as long."""

    def ask(_connection: Connection, cursor: Any, *_statement: Any) -> None:
        cursor.format = _BINARY

    if connection.dialect.name != "postgresql":
        yield
        return
    event.listen(connection, "before_cursor_execute", ask)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", ask)


def _highest_id(connection: Connection) -> int:
    return int(connection.execute(select(func.max(DocumentRow.id))).scalar_one() or 0)
