from __future__ import annotations

from typing import Any

import pytest

from producer.ingest.columns.nested_fields import column_of_path, get_field

FIELDS: dict[str, Any] = {
    "a": {"b": [{"c": 5}], "d": '{"e": "f"}'},
    "g.h": "named",
    "g": {"h": "nested"},
    "i.j": {"k": 1},
    "l": "{broken",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b.0.c", 5),
        ("a.d.e", "f"),
        ("g.h", "named"),
        ("i.j.k", 1),
        ("a.b.1.c", None),
        ("a.b.x", None),
        ("l.m", None),
        ("no.such", None),
        ("none", None),
    ],
)
def test_paths(path: str, value: object) -> None:
    assert get_field(FIELDS, path) == value


def test_the_column_that_a_path_begins_with() -> None:
    assert column_of_path(FIELDS, "i.j.k") == "i.j"
    assert column_of_path(FIELDS, "x.y") is None
