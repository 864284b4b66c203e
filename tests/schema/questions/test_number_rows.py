"""Numbers of rows as arrays: the same from both databases as by rows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, update

from schema.database import reading, writing
from schema.questions import number_rows
from schema.questions.number_format import Timestamp
from schema.questions.number_rows import (
    select_ids_by,
    select_integers,
    select_numbers,
)
from schema.questions.scope import Scope, select_rows
from schema.reports import Condition
from schema.tables import DocumentRow
from schema.views.refresh import refresh
from tests.support.shop import make_shop

FROM = "FROM current_documents AS d"


def test_numbers_are_those_of_the_rows_and_nothing_is_no_number(connection: Connection) -> None:
    columns = ("d.id", "d.rating", "CASE WHEN d.id % 2 = 0 THEN d.polarity_score END", "NULL")
    rows = select_rows(connection, f"SELECT {', '.join(columns)} {FROM}", Scope())
    expected = np.array([tuple(row) for row in rows], dtype=np.float64)
    found = select_numbers(connection, columns, FROM, Scope())
    assert np.isnan(found[:, 2]).any() and not np.isnan(found[:, 2]).all()
    order = np.argsort(found[:, 0])
    np.testing.assert_array_equal(found[order], expected[np.argsort(expected[:, 0])])


def test_whole_numbers_have_all_their_digits(connection: Connection) -> None:
    columns = ("d.id", "CAST(9007199254740993 AS BIGINT)", "-d.id", "NULL")
    found = select_integers(connection, columns, FROM, Scope())
    assert set(found[:, 1].tolist()) == {2**53 + 1}
    assert (found[:, 2] == -found[:, 0]).all() and (found[:, 3] == 0).all()


def test_times_are_seconds_since_1970(connection: Connection) -> None:
    found = select_numbers(connection, ("d.id", Timestamp("d.time")), FROM, Scope())
    rows = select_rows(connection, f"SELECT d.id AS id, d.time AS time {FROM}", Scope())
    times = {row.id: row.time.timestamp() for row in rows if row.time is not None}
    assert times == {int(one): second for one, second in found if not np.isnan(second)}


def test_more_than_one_value_can_hold_comes_in_several(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = ("d.id", "d.rating")
    whole = select_numbers(connection, columns, FROM, Scope())
    monkeypatch.setattr(number_rows, "_BLOCK", 7)
    parts = select_numbers(connection, columns, FROM, Scope())
    whole, parts = (rows[np.argsort(rows[:, 0])] for rows in (whole, parts))
    np.testing.assert_array_equal(whole, parts)


@pytest.mark.parametrize("block", [number_rows._BLOCK, 7])
def test_ids_come_by_what_their_rows_say(
    connection: Connection, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_rows, "_BLOCK", block)
    key = ("d.product", "d.polarity")
    expected: dict[tuple[str | None, ...], list[int]] = {}
    for product, polarity, one in select_rows(
        connection, f"SELECT {', '.join(key)}, d.id {FROM} ORDER BY d.id", Scope()
    ):
        expected.setdefault((product, polarity), []).append(one)
    found = select_ids_by(connection, key, "d.id", FROM, Scope())
    assert {values: np.sort(ids).tolist() for values, ids in found.items()} == expected
    assert len(expected) > 2 and any(None in values for values in expected)


def test_of_no_documents_there_are_no_rows(connection: Connection) -> None:
    nobody = Scope(where=(Condition("d.source = :source", {"source": "nowhere"}),))
    assert select_numbers(connection, ("d.id", "d.rating"), FROM, nobody).shape == (0, 2)
    assert select_integers(connection, ("d.id", "d.id"), FROM, nobody).shape == (0, 2)


def test_what_has_changed_since_the_rollups_were_made_is_in_the_numbers(engine: Engine) -> None:
    make_shop(engine)
    columns = ("d.id", "d.rating", Timestamp("d.time"))

    def numbers() -> NDArray[np.float64]:
        with reading(engine) as connection:
            rows = select_numbers(connection, columns, FROM, Scope())
        return rows[np.argsort(rows[:, 0])]

    before = numbers()
    refresh(engine)
    np.testing.assert_array_equal(numbers(), before)
    rated = np.flatnonzero(before[:, 1] == 1)
    changed = before[rated[0], 0]
    with writing(engine) as connection:
        one = update(DocumentRow).where(DocumentRow.id == int(changed))
        connection.execute(one.values(rating=4))
    before[rated[0], 1] = 4
    np.testing.assert_array_equal(numbers(), before)
    refresh(engine)
    np.testing.assert_array_equal(numbers(), before)
