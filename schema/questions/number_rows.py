"""Reading millions of numbers: rows as arrays, without a row of Python's for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from schema.questions.scope import Scope, select_result, select_rows

#: Ids whose numbers come as one value, so that none gets large.
_BLOCK = 65_536
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
    "postgresql": "EXTRACT(EPOCH FROM d.time)",
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
    sql = f"SELECT {values} {rest} GROUP BY {columns[0]} / {_BLOCK}"
    found = select_rows(connection, sql, scope, **parameters)
    made = np.empty((sum(len(row[0]) for row in found) // 8, len(columns)), dtype=kind)
    for place in range(len(columns)):
        made[:, place] = np.frombuffer(b"".join(row[place] for row in found), dtype=bytes_of)
    return made


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
