"""Numbers as one value: what PostgreSQL's and SQLite's give is in `test_number_rows`."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from schema.questions.number_format import Column, TextFormat, Timestamp, Whole

FORM = TextFormat()


def read(values: list[Any], column: Column) -> list[float]:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
        (joined,) = connection.execute(f"SELECT {FORM.joined(column)} FROM t").fetchone()
    found: list[float] = FORM.read([joined], column).tolist()
    return found


@pytest.mark.parametrize("values", [[0.1 + 0.2], [1 / 3, 1e300, -5e-324, 2.0]])
def test_numbers_have_all_their_digits(values: list[float]) -> None:
    assert read(values, "x") == values


def test_what_is_null_is_no_number_or_nought() -> None:
    first, second = read([None, 7], "x")
    assert np.isnan(first) and second == 7
    assert read([None, 2**53 + 1], Whole("x")) == [0, 2**53 + 1]


def test_times_may_have_no_fraction_and_may_be_missing() -> None:
    written = ["2026-01-02 03:04:05", None, "2026-01-02 03:04:05.250000"]
    second = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    first, missing, last = read(written, Timestamp("x"))
    assert (first, last) == (second, second + 0.25) and np.isnan(missing)
