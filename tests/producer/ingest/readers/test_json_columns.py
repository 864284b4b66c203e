"""JSON written column by column, and GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from producer.ingest.readers.json_columns import rows_of_columns
from tests.support.reading import read_bytes

ROWS = [{"id": 7, "text": "Tap drips"}, {"id": 8, "text": "Größer, please"}]
COLUMNS: dict[str, Any] = {
    "lists": {"id": [7, 8], "text": ["Tap drips", "Größer, please"]},
    "objects": {"id": {"0": 7, "1": 8}, "text": {"0": "Tap drips", "1": "Größer, please"}},
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("form", COLUMNS)
def test_columns_become_rows(tmp_path: Path, form: str, indent: int | None) -> None:
    content = json.dumps(COLUMNS[form], indent=indent, ensure_ascii=False)
    columns, good, bad = read_bytes(tmp_path, "reviews.json", content.encode())
    assert (columns, bad) == (["id", "text"], [])
    assert [(row.line, row.fields) for row in good] == list(enumerate(ROWS, 1))


def test_a_broken_value_costs_its_row_alone(tmp_path: Path) -> None:
    content = b'{"id": [7, 8], "text": ["Tap drips", "Gr\xf6\xdfer"]}'
    _, good, bad = read_bytes(tmp_path, "reviews.json", content, encoding="utf-8")
    assert [row.fields["id"] for row in good] == [7]
    assert [(row.line, row.reason[:15]) for row in bad] == [(2, "broken encoding")]


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"id": 7, "text": "Tap drips", "tags": ["a"]},
        {"id": [7, 8], "text": ["Tap drips"]},
        {"id": [], "text": []},
        {"id": {"0": 7}, "text": {"1": "Tap drips"}},
        {"en": {"title": "Tap"}, "de": {"title": "Hahn"}},
    ],
)
def test_a_row_is_no_columns(value: Any) -> None:
    assert rows_of_columns(value) is None


def test_features_have_their_properties_as_columns(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [13.4, 52.5]}
    features = [
        {"type": "Feature", "id": f"n{row['id']}", "geometry": point, "properties": row}
        for row in ROWS
    ]
    collection = {"type": "FeatureCollection", "name": "complaints", "features": features}
    expected = [{"id": f"n{row['id']}", "geometry": point, "text": row["text"]} for row in ROWS]
    for name, content in (
        ("a.geojson", json.dumps(collection)),
        ("a.json", json.dumps(collection, indent=2)),
        ("a.jsonl", "\n".join(map(json.dumps, features))),
    ):
        _, good, bad = read_bytes(tmp_path, name, content.encode())
        assert ([row.fields for row in good], bad) == (expected, []), name


def test_a_row_with_properties_of_its_own_is_left_alone(tmp_path: Path) -> None:
    row = {"type": "bug", "text": "Tap drips", "properties": {"os": "x"}}
    _, good, _ = read_bytes(tmp_path, "a.jsonl", json.dumps(row).encode())
    assert good[0].fields == row
