"""Which documents a key and a value mean: the same in both databases and in Python."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from schema.database import reading, writing
from schema.ledger.which import MOST_DOTS, Which, is_known, known_keys, reach
from schema.tables import DocumentRow
from tests.support.feedback import add_document

EXTRAS: list[dict[str, Any]] = [
    {"customer": {"id": "7"}},
    {"customer": {"id": 7, "vip": True}},
    {"customer.id": "7"},
    {"customer": [{"id": "8"}, {"id": "7"}, "x", None]},
    {"customer": {"id": ["7", "9"]}},
    {"customer": {"id": {"id": "7"}}},
    {"customer": "7", "id": "7"},
    {"a.b": {"c.d": "x"}},
    {"a": {"b": {"c": {"d": "x"}}}},
    {"customer": {"id": None}},
    {'a"b': {"c\\d": "ü 'quoted'"}},
    {"ratio": {"of": 1.5, "none": None, "no": False}},
    {"customer": 5, "tags": ["red", 3]},
    {},
]


@pytest.fixture
def ids(engine: Engine) -> list[int]:
    with writing(engine) as connection:
        return [
            add_document(connection, number, "text", extra=extra)
            for number, extra in enumerate(EXTRAS)
        ]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("customer.id", "7", [0, 1, 2, 3, 4]),
        ("customer.id", "9", [4]),
        ("customer.id.id", "7", [5]),
        ("customer", "7", [6]),
        ("customer.vip", "true", [1]),
        ("a.b.c.d", "x", [7, 8]),
        ('a"b.c\\d', "ü 'quoted'", [10]),
        ("ratio.of", "1.5", [11]),
        ("ratio.no", "false", [11]),
        ("ratio.none", "", []),
        ("ratio.none", "None", []),
        ("tags", "red", [12]),
        ("tags", "3", [12]),
        ("customer.id' OR 1=1 --", "7", []),
        ("$.customer.id", "7", []),
        ("customer.*", "7", []),
        ("customer.id", "' OR 1=1 --", []),
        (".".join("abcdefghij"), "x", []),
        (".", "x", []),
    ],
)
def test_a_key_means_the_same_everywhere(
    engine: Engine, ids: list[int], key: str, value: str, expected: list[int]
) -> None:
    which = Which(key, value)
    conditions = which.conditions(engine.dialect.name)
    with reading(engine) as connection:
        found = connection.execute(
            select(DocumentRow.id).where(*conditions).order_by(DocumentRow.id)
        )
        assert [ids.index(one) for one in found.scalars()] == expected

    def as_text(item: Any) -> str:
        return str(item).lower() if isinstance(item, bool) else str(item)

    in_python = [
        number
        for number, extra in enumerate(EXTRAS)
        if any(as_text(item) == value for item in reach(extra, which.paths()) if item is not None)
    ]
    assert in_python == expected


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("customer", True),
        ("customer.id", True),
        ("customer.name", False),
        ("ratio.none", True),
        ("id.customer", False),
        ("source", True),
        ("nothing", False),
    ],
)
def test_whether_a_key_is_known(engine: Engine, ids: list[int], key: str, known: bool) -> None:
    assert is_known(engine, Which(key, "whatever")) == known


def test_known_keys_are_those_that_lead_to_a_value(engine: Engine, ids: list[int]) -> None:
    keys = known_keys(engine)
    assert keys[0] == "customer.id"
    assert set(keys) == {
        *("customer", "customer.id", "customer.id.id", "customer.vip", "id"),
        *("a.b.c.d", 'a"b.c\\d', "ratio.of", "ratio.none", "ratio.no", "tags"),
    }
    assert all(is_known(engine, Which(key, "")) for key in keys)


def test_all_readings_of_a_key() -> None:
    assert Which("a", "").paths() == [("a",)]
    assert set(Which("a.b.c", "").paths()) == {
        ("a", "b", "c"),
        ("a.b", "c"),
        ("a", "b.c"),
        ("a.b.c",),
    }
    long = ".".join("x" * (MOST_DOTS + 2))
    assert Which(long, "").paths() == [(long,), tuple(long.split("."))]
