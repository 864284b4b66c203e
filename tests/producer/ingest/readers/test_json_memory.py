"""However large or deep a file of JSON is, it is read, or refused, in little memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from producer.ingest.errors import InputError
from producer.ingest.readers import input as reading
from producer.ingest.readers import limits
from tests.support.reading import open_path, read_bytes


@pytest.mark.slow
def test_a_large_wrapper_is_read_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One object may have four times as many characters.
    monkeypatch.setattr(reading, "LEAST_FIELD_LIMIT", 1 << 14)
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write('{"meta": {"ids": [' + "1, " * 10_000 + '1]}, "page": {"reviews": [')
        file.write(",".join(json.dumps({"id": n, "text": "x" * 10_000}) for n in range(4_000)))
        file.write('], "x": [1, 2]}, "z": {"a": ["' + "y" * 100_000 + '"]}}')
    tracemalloc.start()
    with open_path(path, 5_000) as stream:
        count = sum(row.fields["id"] >= 0 for row in stream.rows)  # type: ignore[union-attr]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_000
    # Of 40 MB that there are to read.
    assert peak < 15_000_000


def test_a_second_list_in_a_large_file_is_found_before_anything_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    rows = ",".join(json.dumps({"id": n, "text": "x" * 900}) for n in range(6_000))
    path.write_text(f'{{"users": [{rows}], "reviews": [{{"text": "a"}}]}}')
    with pytest.raises(InputError, match="name one: --path users or --path reviews"):
        open_path(path).__enter__()
    with open_path(path, path="reviews") as stream:
        assert [row.fields for row in stream.rows] == [{"text": "a"}]  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [b"[" * 3_000_000, b'{"a":' * 600_000, b'[{"text": "' + b"x" * 9_000_000, b"[1," * 1_000_000],
)
def test_bombs_end_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(limits, "MOST_WITHOUT_ROW", 1_000_000)
    tracemalloc.start()
    with pytest.raises(InputError):
        read_bytes(tmp_path, "a.json", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000
