"""Nested fields by dotted names, and fields that two programs spell in two ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from producer.ingest.readers.nested_fields import with_nested, with_one_spelling
from producer.ingest.readers.row import Reject, Row
from tests.support.reading import open_path

ROW: dict[str, Any] = {
    "review": {"body": "late", "tags": [{"name": "a"}, {"name": "b"}], "a.b": {"c": 1}},
    "reviews.text": "dotted",
    "payload": '{"comment": "in a string", "x": [5]}',
    "broken": "{no",
    "list": [{"t": "first"}],
}


@pytest.mark.parametrize(
    ("name", "value"),
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
    ],
)
def test_a_path_leads_to_a_value(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(ROW) + "\n")
    with open_path(path) as opened:
        stream = with_nested(opened, [name])
        assert stream.columns.count(name) == 1
        (row,) = stream.rows
    assert isinstance(row, Row)
    assert row.fields[name] == value
    assert {key: row.fields[key] for key in ROW} == ROW


@pytest.mark.parametrize("name", ["text", "Reviews.Text", "nowhere.x", ".", "review", "review."])
def test_what_is_no_path_adds_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(ROW) + "\n")
    with open_path(path) as opened:
        assert with_nested(opened, [name]) is opened


def test_two_spellings_are_one_column() -> None:
    def rows() -> Iterator[Row | Reject]:
        yield Row(1, {"id": 1, "text": "a", "Other": 1})
        yield Row(2, {"ID": 2, "Text": "b", "other": 2})
        yield Row(3, {"text": "c", "Text": "d"})

    columns = ["id", "text", "Other", "ID", "Text", "other"]
    read = [
        row.fields
        for row in with_one_spelling(rows(), columns, ["id", "text"])
        if isinstance(row, Row)
    ]
    assert read == [
        {"id": 1, "text": "a", "Other": 1},
        {"id": 2, "text": "b", "other": 2},
        {"text": "c", "Text": "d"},
    ]
