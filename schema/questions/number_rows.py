"""Reading millions of numbers: rows as arrays, without an object for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from schema.questions.scope import Scope, select_rows

#: Ids that are read into one string, so that none gets large.
_BLOCK = 65_536
_JOINED = {"postgresql": "string_agg({}, ',')", "sqlite": "group_concat({}, ',')"}
#: Seconds since 1970.
_SECONDS = {
    "postgresql": "EXTRACT(EPOCH FROM d.time)",
    "sqlite": "strftime('%s', d.time) || substr(d.time, 20)",
}


def seconds_of(connection: Connection) -> str:
    """The column that has the time of `d`, in seconds since 1970."""
    return _SECONDS[connection.dialect.name]


def select_numbers(
    connection: Connection, columns: Sequence[str], rest: str, scope: Scope, **parameters: Any
) -> NDArray[np.float64]:
    """The rows of a SELECT of numbers (rows × columns), NaN where one is null; whole numbers are
    exact up to 2^53.

    The database writes the numbers one behind the other, which is some times as quick as rows are:
    both can, and neither has arrays that the other has.

    Args:
        connection: Open.
        columns: The first is an id.
        rest: From `FROM` on, without an order.
        scope: Which documents.
        parameters: By the names that they have in the SELECT.
    """
    return _select(connection, columns, rest, scope, np.float64, "nan", parameters)


def select_integers(
    connection: Connection, columns: Sequence[str], rest: str, scope: Scope, **parameters: Any
) -> NDArray[np.int64]:
    """As `select_numbers`, of whole numbers of 64 bits, none of which is null."""
    return _select(connection, columns, rest, scope, np.int64, "0", parameters)


def _select(
    connection: Connection,
    columns: Sequence[str],
    rest: str,
    scope: Scope,
    kind: Any,
    null: str,
    parameters: dict[str, Any],
) -> NDArray[Any]:
    row = " || ',' || ".join(f"COALESCE(CAST({one} AS TEXT), '{null}')" for one in columns)
    joined = _JOINED[connection.dialect.name].format(row)
    sql = f"SELECT {joined} AS numbers {rest} GROUP BY {columns[0]} / {_BLOCK}"
    found = select_rows(connection, sql, scope, **parameters)
    parts = [np.fromstring(one.numbers, dtype=kind, sep=",") for one in found]
    together = np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
    return together.reshape(-1, len(columns))
