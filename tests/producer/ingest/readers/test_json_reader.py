"""JSON of every shape, row by row and in bounded memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer.ingest.errors import IngestError
from producer.ingest.readers.json_text import JsonText
from tests.support.reading import open_path, read_bytes

ROWS: list[dict[str, Any]] = [{"id": 1, "text": "Tap drips"}, {"id": 2, "text": "[{]}\"'\\ 😀"}]
SHAPES = {
    "a list": json.dumps(ROWS),
    "a list, indented": json.dumps(ROWS, indent=4),
    "a list, a row in each line": "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
    "lines": "\n".join(map(json.dumps, ROWS)),
    "objects one behind the other": " ".join(map(json.dumps, ROWS)),
    "objects, indented": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "objects with commas": ",\n".join(json.dumps(row, indent=2) for row in ROWS),
    "the list in an object": json.dumps({"count": 2, "next": None, "reviews": ROWS}),
    "the same, indented": json.dumps({"count": 2, "reviews": ROWS, "x": [1, "a"]}, indent=1),
    "further in": json.dumps({"data": {"page": {"items": ROWS}, "ids": [1, 2]}}),
}


#: Python holds deeper JSON from 3.13 on.
TOO_DEEP = "nested too deep" if sys.version_info < (3, 13) else "nested deeper than 100 levels"


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt", "a"])
@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_found_in_every_shape(tmp_path: Path, shape: str, name: str) -> None:
    if name == "a.jsonl" and shape in ("the list in an object", "further in"):
        pytest.skip("one line of JSON Lines is a row, whatever is in it")
    content = "\ufeff" + SHAPES[shape]
    columns, good, bad = read_bytes(tmp_path, name, content.encode())
    assert (columns, [row.fields for row in good], bad) == (["id", "text"], ROWS, [])


def test_one_object_is_one_row(tmp_path: Path) -> None:
    row = {"id": 1, "text": "Two of three arrived", "items": ["mug"], "by": {"name": "Ann"}}
    _, good, _ = read_bytes(tmp_path, "a.json", json.dumps(row, indent=2).encode())
    assert [row.fields for row in good] == [row]
    _, good, _ = read_bytes(tmp_path, "a.jsonl", json.dumps(row | {"items": [{"a": 1}]}).encode())
    assert good[0].fields["items"] == [{"a": 1}]


TWO = {"users": [{"name": "Ann"}], "data": {"reviews": ROWS}}


def test_of_several_lists_one_is_named(tmp_path: Path) -> None:
    content = json.dumps(TWO).encode()
    said = "several lists of objects; name one: --path users or --path data.reviews"
    with pytest.raises(IngestError, match=said):
        read_bytes(tmp_path, "a.json", content)
    _, good, _ = read_bytes(tmp_path, "a.json", content, path="data.reviews")
    assert [row.fields for row in good] == ROWS
    for path, said in (
        ("data.x", "has no 'x' where --path says"),
        ("data", "--path leads to no list"),
        ("users.name", "there is no object with 'name'"),
    ):
        with pytest.raises(IngestError, match=said):
            read_bytes(tmp_path, "a.json", content, path=path)


def test_a_path_leads_into_each_of_several_pages(tmp_path: Path) -> None:
    pages = "\n".join(json.dumps({"page": n, "rows": [{"text": f"t{n}"}]}) for n in range(3))
    _, good, _ = read_bytes(tmp_path, "a.jsonl", pages.encode(), path="rows")
    assert [(row.line, row.fields["text"]) for row in good] == [(1, "t0"), (2, "t1"), (3, "t2")]


@pytest.mark.parametrize("indent", [None, 2])
def test_rows_have_the_same_numbers_however_they_are_written(
    tmp_path: Path, indent: int | None
) -> None:
    rows = [{"text": "a"}, 5, {"text": "a"}]
    _, good, bad = read_bytes(tmp_path, "a.json", json.dumps(rows, indent=indent).encode())
    assert [row.line for row in good] == [1, 3]
    assert [reject.line for reject in bad] == [2]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"text": "x" "y": 1}', "not JSON"),
        ('{"text": tru}', "not JSON"),
        ('{"text": "a\nb"}', "not JSON"),
        ("5", "JSON, but not an object"),
        ('"words, [and] {more}"', "JSON, but not an object"),
        ("[1, {}]", "JSON, but not an object"),
        ('{"x": ' + "[" * 101 + "]" * 101 + "}", "nested deeper than 100 levels"),
        ('{"x": ' + "[" * 5_000 + "]" * 5_000 + "}", TOO_DEEP),
        ('{"x": ' + "9" * 5_000 + "}", "too long a number"),
    ],
)
def test_a_broken_row_costs_itself(tmp_path: Path, broken: str, reason: str) -> None:
    content = '[{"text": "a"},\n' + broken + ',\n{"text": "b"}]'
    _, good, bad = read_bytes(tmp_path, "a.json", content.encode())
    assert [row.fields["text"] for row in good] == ["a", "b"]
    assert [reject.line for reject in bad] == [2]
    assert reason in bad[0].reason


def test_broken_bytes_cost_their_own_row_only(tmp_path: Path) -> None:
    content = '[{"text": "größer"}, {"text": "@"}, {"text": "schön"}]'.encode()
    _, good, bad = read_bytes(tmp_path, "a.json", content.replace(b"@", b"\xff"))
    assert [row.fields["text"] for row in good] == ["größer", "schön"]
    assert "broken encoding" in bad[0].reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"text": "a"}, {"text": "b"}', "is cut off"),
        ('[{"text": "a"}}', "'}' where a row should be"),
        ("[1, 2]", "holds no objects"),
        ('[{"text": "a"},,{"text": "b"}]', "nothing between commas"),
        ("words", "begins neither with"),
        ('"words"', "begins neither with"),
    ],
)
def test_what_is_no_list_of_rows_is_said(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(IngestError, match=said):
        read_bytes(tmp_path, "a.json", content.encode())


def test_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    for content in (b"[]", b'{"reviews": []}'):
        _, good, bad = read_bytes(tmp_path, "a.json", content)
        assert not bad and all("text" not in row.fields for row in good)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), min_size=2, max_size=6),
    indent=st.sampled_from([None, 0, 1, 4]),
    chunk=st.integers(1, 40),
)
def test_what_was_written_is_read_however_it_comes(
    tmp_path: Path, rows: list[dict[str, Any]], indent: int | None, chunk: int
) -> None:
    written = json.dumps({"a": rows}, indent=indent, ensure_ascii=False)

    class Slow:
        """A stream that gives a few characters at a time."""

        def __init__(self) -> None:
            self.rest = written

        def read(self, _size: int) -> str:
            given, self.rest = self.rest[:chunk], self.rest[chunk:]
            return given

    for skipped in (False, True):
        text = JsonText("a.json", Slow(), 1 << 20)  # type: ignore[arg-type]
        assert text.take("{") and text.value()[0] == "a" and text.take(":") and text.take("[")
        for number, row in enumerate(rows):
            assert not number or text.take(",")
            if skipped:
                assert json.loads(text.skip()) == row
            else:
                assert text.value()[0] == row
        assert text.take("]") and text.take("}") and not text.peek()
        assert text.line == written.count("\n") + 1


def test_mongo_s_ids_and_dates_are_their_values(tmp_path: Path) -> None:
    row = {
        "_id": {"$oid": "65f2a0c1b2d3e4f5a6b7c8d9"},
        "at": {"$date": "2026-03-14T10:00:00Z"},
        "old": {"$date": {"$numberLong": "1700000000000"}},
        "stars": {"$numberInt": "4"},
        "price": {"$numberDouble": "1.5"},
        "by": {"name": "$oid", "ids": [{"$oid": "a"}]},
        "text": "costs $5",
    }
    for written in (json.dumps(row), json.dumps([row])):
        _, good, _ = read_bytes(tmp_path, "a.json", written.encode())
        assert good[0].fields == {
            "_id": "65f2a0c1b2d3e4f5a6b7c8d9",
            "at": "2026-03-14T10:00:00Z",
            "old": 1700000000000,
            "stars": 4,
            "price": 1.5,
            "by": {"name": "$oid", "ids": ["a"]},
            "text": "costs $5",
        }


def test_resources_have_their_attributes_as_columns(tmp_path: Path) -> None:
    page = {"data": [{"type": "reviews", "id": "r1", "attributes": {"body": "Late", "id": "x"}}]}
    columns, good, _ = read_bytes(tmp_path, "a.json", json.dumps(page).encode())
    assert columns == ["type", "id", "body"]
    assert good[0].fields == {"type": "reviews", "id": "r1", "body": "Late"}
    other = {"id": 1, "text": "a", "attributes": {"color": "red"}}
    _, good, _ = read_bytes(tmp_path, "b.json", json.dumps(other).encode())
    assert good[0].fields == other


@pytest.mark.parametrize("shape", [json.dumps, lambda rows: "\n".join(map(json.dumps, rows))])
def test_columns_that_are_met_far_down_are_found(tmp_path: Path, shape: Any) -> None:
    rows = [{"id": n, "stars": 1} for n in range(1_000)] + [{"id": 1_000, "text": "late"}]
    path = tmp_path / "a.json"
    path.write_text(shape(rows))
    with open_path(path) as stream:
        assert stream.columns == ["id", "stars", "text"]
        assert [row.fields for row in stream.late] == [rows[-1]]
        assert len(list(stream.rows)) == 1_001


@pytest.mark.parametrize("shape", [json.dumps, lambda rows: "\n".join(map(json.dumps, rows))])
def test_columns_are_found_behind_rows_that_are_large(tmp_path: Path, shape: Any) -> None:
    rows: list[dict[str, Any]] = [{"id": n, "page": "x" * 900_000} for n in range(12)]
    path = tmp_path / "a.json"
    path.write_text(shape([*rows, {"id": 12, "text": "late"}]))
    with open_path(path, 1_000_000) as stream:
        assert stream.columns == ["id", "page", "text"]
        assert [row.fields for row in stream.late] == [{"id": 12, "text": "late"}]
