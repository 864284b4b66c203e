"""How a database gives all numbers of a column as one value, and how that is read: PostgreSQL sends
their bytes, SQLite writes them one behind the other. Either takes a fraction of what rows do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

#: The same time in microseconds: of PostgreSQL since 2000, of numpy since 1970.
_MICROSECONDS, _FROM_1970_TO_2000 = 1_000_000, 946_684_800
#: How SQLite has a time, as text; this one is before all that there are.
_NEVER = "0000-01-01 00:00:00.000000"


@dataclass(frozen=True, slots=True)
class Whole:
    """A column of whole numbers, 0 where one is null.

    Attributes:
        sql: The column.
    """

    sql: str


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A column of times, which comes as seconds since 1970.

    Attributes:
        sql: The column.
    """

    sql: str


#: SQL alone is a column of numbers that need not be whole, NaN where one is null.
Column = str | Whole | Timestamp


class NumberFormat(Protocol):
    """How one of the databases gives them."""

    def joined(self, column: Column) -> str:
        """The SQL of the one value; of several columns in one SELECT all are in the same order."""

    def read(self, values: list[Any], column: Column) -> NDArray[Any]:
        """The numbers of such values, one behind the other."""


class BytesFormat:
    """PostgreSQL's, where it is asked for values as they are."""

    def joined(self, column: Column) -> str:
        """See `NumberFormat`."""
        if isinstance(column, Timestamp):
            sent = f"timestamptz_send(COALESCE({column.sql}, '-infinity'))"
        elif isinstance(column, Whole):
            sent = f"int8send(COALESCE(CAST({column.sql} AS bigint), 0))"
        else:
            sent = f"float8send(COALESCE(CAST({column} AS double precision), 'NaN'))"
        return f"string_agg({sent}, ''::bytea)"

    def read(self, values: list[Any], column: Column) -> NDArray[Any]:
        """See `NumberFormat`."""
        found = np.frombuffer(b"".join(values), ">f8" if isinstance(column, str) else ">i8")
        if not isinstance(column, Timestamp):
            return found
        seconds = (found + _FROM_1970_TO_2000 * _MICROSECONDS) / _MICROSECONDS
        return np.where(found == np.iinfo(np.int64).min, np.nan, seconds)


class TextFormat:
    """SQLite's."""

    def joined(self, column: Column) -> str:
        """See `NumberFormat`."""
        if isinstance(column, Timestamp):
            # All are as long, also what somebody has written by hand without a fraction.
            written = f"substr(COALESCE({column.sql}, '{_NEVER}') || '.000000', 1, {len(_NEVER)})"
            return f"group_concat({written}, '')"
        if isinstance(column, Whole):
            return f"group_concat(COALESCE({column.sql}, 0))"
        # All digits that a number has: by itself SQLite writes 15.
        written = f"CASE WHEN {column} IS NULL THEN 'nan' ELSE printf('%!.17g', {column}) END"
        return f"group_concat({written})"

    def read(self, values: list[Any], column: Column) -> NDArray[Any]:
        """See `NumberFormat`."""
        if isinstance(column, Timestamp):
            text = "".join(values).encode("ascii")
            times = np.frombuffer(text, f"S{len(_NEVER)}").astype("datetime64[us]")
            seconds = times.astype(np.int64) / _MICROSECONDS
            return np.where(times == np.datetime64(_NEVER), np.nan, seconds)
        kind = np.int64 if isinstance(column, Whole) else np.float64
        # One value may be a single number, which the driver gives as such.
        return np.fromstring(",".join(map(str, values)), kind, sep=",")


FORMATS: dict[str, NumberFormat] = {"postgresql": BytesFormat(), "sqlite": TextFormat()}
