"""Lines of JSON: documents out of the good ones, a reason without text for each of the others."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.document import Document
from workers.analyze.lines import LEAST_LINE_LIMIT, Line, read_lines


def read(*lines: bytes) -> list[Line]:
    return list(read_lines(io.BytesIO(b"".join(lines)), text_limit=1_000))


def test_a_line_gives_a_document_and_keeps_its_id() -> None:
    (line,) = read('{"id": "a-1", "text": "größer 😀", "stars": 2}\n'.encode())
    assert line == Line("a-1", Document(1, "größer 😀"))


@pytest.mark.parametrize("given", [7, "7", [1, {"a": None}], 1.5, True])
def test_an_id_is_given_back_whatever_it_is(given: object) -> None:
    (line,) = read(json.dumps({"id": given, "text": "ok"}).encode())
    assert line.id == given and line.document is not None


def test_without_an_id_the_number_of_the_line_is_it() -> None:
    lines = read(b'{"text": "a"}\n', b"\n", b'{"id": null, "text": "b"}\n', b"oops\n")
    assert [line.id for line in lines] == [1, 3, 4]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("pt_BR", "pt"),
        (" fr ", "fr"),
        (None, None),
        ("", None),
        ("deu", "de"),
        ("German", "de"),
        ("français", "fr"),
        ("yue", "yue"),
    ],
)
def test_languages_are_codes(language: object, code: str | None) -> None:
    (line,) = read(json.dumps({"text": "ok", "language": language}).encode())
    assert line.document is not None and line.document.language == code


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"secret", "not JSON"),
        (b'{"text": "secret"', "not JSON"),
        (b'["secret"]', "not an object"),
        (b'"secret"', "not an object"),
        (b"null", "not an object"),
        (b'{"id": 1, "body": "secret"}', 'no "text"'),
        (b'{"id": 1, "text": null}', "not a string"),
        (b'{"id": 1, "text": 5}', "not a string"),
        (b'{"id": 1, "text": ["secret"]}', "not a string"),
        (b'{"id": 1, "text": ""}', "is empty"),
        (b'{"id": 1, "text": " \\n\\t"}', "is empty"),
        (b'{"id": 1, "text": "secret\\u0000"}', "NUL"),
        (b'{"id": 1, "text": "secret\\ud83d"}', "surrogate"),
        (b'{"id": 1, "text": "secret\xff"}', "not UTF-8 at byte 26"),
        (b'{"id": 1, "text": "secret", "language": 5}', "language"),
        (b'{"id": 1, "text": "secret", "language": "klingonese"}', "language"),
        (b'{"id": 1, "text": "' + b"secret" * 200 + b'"}', "TRIAGE_TEXT_LIMIT is 1000"),
        (b'{"id": 1e999, "text": "secret"}', '"id" is infinite'),
        (b'{"id": ' + b"[" * 990 + b"]" * 990 + b', "text": "secret"}', "nested too deep"),
        (b'{"id": "' + b"secret" * 200 + b'", "text": "a"}', '"id" has 1202 characters'),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": ' + b"9" * 5000 + b', "text": "secret"}', "not JSON"),
    ],
)
def test_a_bad_line_says_its_number_and_why_and_the_next_is_read(raw: bytes, reason: str) -> None:
    before, bad, after = read(b'{"text": "a"}\n', raw + b"\n", b'{"text": "b"}\n')
    assert before.document is not None and after.document is not None
    assert bad.document is None
    assert bad.error.startswith("line 2: ") and reason in bad.error
    assert "secret" not in bad.error


def test_windows_line_ends_blank_lines_and_byte_order_marks_are_no_matter() -> None:
    lines = read(b'\xef\xbb\xbf\xef\xbb\xbf{"text": "a"}\r\n', b"  \r\n", b'{"text": "b"}')
    assert [line.document.text for line in lines if line.document] == ["a", "b"]


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    endless = b'{"text": "' + b"a" * (2 * LEAST_LINE_LIMIT) + b'"}\n'
    before, bad, after = read(b'{"text": "a"}\n', endless, b'{"text": "b"}')
    assert before.document and after.document
    assert bad.error == f"line 2: longer than {LEAST_LINE_LIMIT} bytes"


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_are_too_strange(lines: list[bytes]) -> None:
    for line in read(b"\n".join(lines)):
        assert (line.document is None) == bool(line.error)


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\0" not in text))
def test_every_text_comes_through_unchanged(text: str) -> None:
    (line,) = read(json.dumps({"text": text}).encode())
    assert line.document is not None and line.document.text == text
