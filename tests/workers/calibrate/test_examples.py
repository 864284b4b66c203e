"""Labelled texts from files as people have them, and messages that quote no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.calibrate.examples import Columns, DataError, Example, read_examples


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    table, lines = tmp_path / "a.csv", tmp_path / "a.jsonl"
    table.write_text('\ufefftext,stars\n"Good,\nreally",5\n,4\nBad,\nFine, 3 \n', "utf-8")
    lines.write_text(
        '{"text": "Good,\\nreally", "stars": 5.0}\n\n{"text": null, "stars": 4}\n'
        '{"text": "Bad", "stars": null}\n{"text": "Fine", "stars": 3}\n',
        "utf-8",
    )
    expected = [("Good,\nreally", "5"), ("Fine", "3")]
    for path in (table, lines):
        found = read_examples(path, Columns("text", "stars"))
        assert [(one.text, one.label) for one in found] == expected
    assert read_examples(lines, Columns("text", "stars"))[1] == Example(5, "Fine", "3")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.csv",
            b"text,stars\nsecret,5\n",
            r"line 2 has no 'label'; name the column with --label",
        ),
        ("a.csv", b"body,label\nsecret,5\n", r"line 2 has no 'text'; .* --text"),
        ("a.csv", b"text,label\n,\n", r"has no row with both 'text' and 'label'"),
        ("a.csv", b"text,label\nsecret\xff,5\n", r"UnicodeDecodeError.*UTF-8"),
        ("a.jsonl", b'{"text": "secret"\n', r"line 1: not JSON.*one object a line"),
        ("a.jsonl", b'["secret"]\n', r"line 1: JSON, but not an object"),
    ],
)
def test_what_is_wrong_is_said_without_a_text(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=said) as caught:
        read_examples(path, Columns("text", "label"))
    assert "secret" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*no\.csv \(No such file"):
        read_examples(tmp_path / "no.csv", Columns("text", "label"))


def test_an_empty_answer_says_that_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,question,answer\nA,What?,\n,Who?,me\nB,Who?,me\n", "utf-8")
    columns = Columns("text", "answer", "question", may_be_empty=True)
    assert read_examples(path, columns) == [
        Example(2, "A", "", "What?"),
        Example(4, "B", "me", "Who?"),
    ]
    with pytest.raises(DataError, match="has no 'asked'"):
        read_examples(path, Columns("text", "answer", "asked"))
