from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer.ingest.errors import IngestError
from tests.support.reading import read_bytes

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=3), min_size=1, max_size=5)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(objects=OBJECTS, ascii_only=st.booleans())
def test_what_was_written_is_read(
    tmp_path: Path, objects: list[dict[str, object]], ascii_only: bool
) -> None:
    written = "\n".join(json.dumps(one, ensure_ascii=ascii_only) for one in objects)
    columns, good, bad = read_bytes(tmp_path, "a.jsonl", written.encode())
    assert [row.fields for row in good] == objects
    assert columns == list(dict.fromkeys(name for one in objects for name in one))
    assert bad == []


def test_each_line_stands_for_itself(tmp_path: Path) -> None:
    lines = [
        b'\xef\xbb\xbf{"text": "one"}\r',
        b"",
        b'{"text": "two"',
        b'["three"]',
        b'{"text": "four \xff"}',
        b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"text": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"text": 1' + b"0" * 5000 + b"}",
        b'{"text": NaN, "a": Infinity}',
        '{"text": "line\u2028separator", "a": {"b": [1]}}'.encode(),
    ]
    columns, good, bad = read_bytes(tmp_path, "a.ndjson", b"\n".join(lines))
    assert columns == ["text", "a"]
    assert [(row.line, row.fields) for row in good] == [
        (1, {"text": "one"}),
        (9, {"text": None, "a": None}),
        (10, {"text": "line\u2028separator", "a": {"b": [1]}}),
    ]
    assert [(reject.line, reject.reason.split(":")[0].split(";")[0]) for reject in bad] == [
        (3, "not JSON"),
        (4, "JSON, but not an object"),
        (5, "broken encoding"),
        (6, "not JSON"),
        (7, "fields are nested deeper than 100 levels"),
        (8, "not JSON"),
    ]
    assert json.loads(bad[2].as_json())["row"] == '{"text": "four \udcff"}'


@pytest.mark.parametrize("content", [b"id,text\n1,hello\n", b"1\n2\n"])
def test_what_is_not_json_lines_is_said_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(IngestError, match="is not JSON Lines"):
        read_bytes(tmp_path, "a.jsonl", content)
