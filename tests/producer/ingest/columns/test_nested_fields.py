"""Nested fields by dotted names."""

from __future__ import annotations

from typing import Any

import pytest

from producer.ingest.columns.nested_fields import column_of_path, get_field

FIELDS: dict[str, Any] = {
    "review": {"body": "late", "tags": [{"name": "a"}, {"name": "b"}], "a.b": {"c": 1}},
    "reviews.text": "dotted",
    "reviews": {"text": "nested"},
    "payload": ' {"comment": "in a string", "x": [5]}',
    "broken": "{no",
    "list": [{"t": "first"}],
    "i.j": {"k": 1, "d": '{"e": "f"}'},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("review.body", "late"),
        ("review.tags.1.name", "b"),
        ("review.tags.2.name", None),
        ("review.tags.x", None),
        ("review.a.b.c", 1),
        ("review.nothing", None),
        ("review.body.further", None),
        ("payload.comment", "in a string"),
        ("payload.x.0", 5),
        ("broken.x", None),
        ("list.0.t", "first"),
        ("reviews.text", "dotted"),
        ("i.j.k", 1),
        ("i.j.d.e", "f"),
        ("no.such", None),
        ("none", None),
    ],
)
def test_a_path_leads_to_a_value(path: str, value: object) -> None:
    assert get_field(FIELDS, path) == value


def test_json_of_more_than_a_million_characters_is_not_read_for_a_path() -> None:
    assert get_field({"a": '{"b": "' + "x" * (1 << 20) + '"}'}, "a.b") is None


def test_the_column_that_a_path_begins_with() -> None:
    assert column_of_path(FIELDS, "i.j.k") == "i.j"
    assert column_of_path(FIELDS, "x.y") is None
    assert column_of_path(FIELDS, "review.") is None
