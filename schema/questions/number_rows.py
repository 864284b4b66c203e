"""Reading millions of numbers: rows as arrays, without a row of Python's for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, event, func, select

from schema.questions.scope import Scope, select_result, select_rows
from schema.tables import DocumentRow

#: Ids whose numbers come as one value, which may have a gigabyte. More are grouped, which takes a
#: third longer.
_BLOCK = 10_000_000
#: The format of values, of PostgreSQL's protocol.
_BINARY = 1
#: How PostgreSQL gives the bytes of a number in place of null, and what numpy calls that.
_SENT = {
    np.float64: ("float8send(COALESCE(CAST({} AS double precision), 'NaN'))", ">f8"),
    np.int64: ("int8send(COALESCE(CAST({} AS bigint), 0))", ">i8"),
}
#: What SQLite gives in place of null: it has infinity, and nothing that is no number.
_IN_PLACE = {np.float64: "9e999", np.int64: "0"}
#: Of so many documents one is asked about, if it is worth while to read the rows of all.
_DENSE = 4
#: Seconds since 1970.
_SECONDS = {
    # Not EXTRACT, whose decimals take four times as long.
    "postgresql": "date_part('epoch', d.time)",
    "sqlite": "CAST(strftime('%s', d.time) || substr(d.time, 20) AS REAL)",
}


def is_dense(documents: NDArray[np.int64]) -> bool:
    """Whether documents, by their ids in order, are so many of those between the first and the last
    that the rows of all had better be read, and others left out: to look up those of each takes
    PostgreSQL five times as long.
    """
    return bool(len(documents) and len(documents) * _DENSE > documents[-1] - documents[0])


def seconds_of(connection: Connection) -> str:
    """The column that has the time of `d`, in seconds since 1970."""
    return _SECONDS[connection.dialect.name]


def select_numbers(
    connection: Connection, columns: Sequence[str], rest: str, scope: Scope, **parameters: Any
) -> NDArray[np.float64]:
    """The rows of a SELECT of numbers (rows × columns), NaN where one is null; whole numbers are
    exact up to 2^53.

    PostgreSQL sends the bytes of many numbers as one value, which takes a fraction of what rows do;
    from SQLite the numbers of rows go into an array as they come.

    Args:
        connection: Open.
        columns: The first is an id.
        rest: From `FROM` on, without an order.
        scope: Which documents.
        parameters: By the names that they have in the SELECT.
    """
    if connection.dialect.name == "postgresql":
        return _sent(connection, columns, rest, scope, np.float64, parameters)
    found = _iterated(connection, columns, rest, scope, np.float64, parameters)
    found[np.isinf(found)] = np.nan
    return found


def select_integers(
    connection: Connection, columns: Sequence[str], rest: str, scope: Scope, **parameters: Any
) -> NDArray[np.int64]:
    """As `select_numbers`, of whole numbers of 64 bits, none of which is null."""
    read = _sent if connection.dialect.name == "postgresql" else _iterated
    return read(connection, columns, rest, scope, np.int64, parameters)


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
    sent = connection.dialect.name == "postgresql"
    gathered = f"string_agg(int8send({ids}), ''::bytea)" if sent else f"group_concat({ids})"
    groups = [str(place) for place in range(1, len(key) + 1)]
    if _highest_id(connection) > _BLOCK:
        groups.append(f"{ids} / {_BLOCK}")
    sql = f"SELECT {', '.join(key)}, {gathered} {rest} GROUP BY {', '.join(groups)}"
    found: dict[tuple[Any, ...], list[NDArray[np.int64]]] = {}
    with _as_bytes(connection) if sent else nullcontext():
        rows = select_rows(connection, sql, scope, **parameters)
    for *values, many in rows:
        read = np.frombuffer(many, ">i8") if sent else np.fromstring(str(many), np.int64, sep=",")
        found.setdefault(tuple(values), []).append(read.astype(np.int64))
    return {values: np.concatenate(parts) for values, parts in found.items()}


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The different values in order. Newer versions of numpy put millions into a hash table for
    that, which takes ten times as long as to sort them.
    """
    ordered = np.sort(values)
    return (
        ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(values) else ordered
    )


def _sent(
    connection: Connection,
    columns: Sequence[str],
    rest: str,
    scope: Scope,
    kind: Any,
    parameters: dict[str, Any],
) -> NDArray[Any]:
    send, bytes_of = _SENT[kind]
    # One scan gives all columns their numbers, and so in the same order.
    values = ", ".join(f"string_agg({send.format(one)}, ''::bytea)" for one in columns)
    sql = f"SELECT {values} {rest}"
    if _highest_id(connection) > _BLOCK:
        sql += f" GROUP BY {columns[0]} / {_BLOCK}"
    with _as_bytes(connection):
        rows = select_rows(connection, sql, scope, **parameters)
    # Without any rows there is one, without any value.
    found = [row for row in rows if row[0] is not None]
    made = np.empty((sum(len(row[0]) for row in found) // 8, len(columns)), dtype=kind)
    for place in range(len(columns)):
        made[:, place] = np.frombuffer(b"".join(row[place] for row in found), dtype=bytes_of)
    return made


@contextmanager
def _as_bytes(connection: Connection) -> Iterator[None]:
    """Ask PostgreSQL for values as they are: as text, which is usual, bytes are twice as long."""

    def ask(_connection: Connection, cursor: Any, *_statement: Any) -> None:
        cursor.format = _BINARY

    event.listen(connection, "before_cursor_execute", ask)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", ask)


def _highest_id(connection: Connection) -> int:
    return int(connection.execute(select(func.max(DocumentRow.id))).scalar_one() or 0)


def _iterated(
    connection: Connection,
    columns: Sequence[str],
    rest: str,
    scope: Scope,
    kind: Any,
    parameters: dict[str, Any],
) -> NDArray[Any]:
    values = ", ".join(f"COALESCE({one}, {_IN_PLACE[kind]})" for one in columns)
    with select_result(connection, f"SELECT {values} {rest}", scope, **parameters) as found:
        # The driver's own rows: SQLAlchemy's cost more than reading them.
        rows: Any = found.cursor
        numbers = np.fromiter(chain.from_iterable(rows), dtype=kind)
    return numbers.reshape(-1, len(columns))
