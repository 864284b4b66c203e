from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer.ingest.errors import IngestError
from producer.ingest.readers.lines import EndlessRecordError, Lines
from tests.support.reading import read_bytes, read_path

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@FEW
@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_what_was_written_is_read(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "text", "note"), *rows])
    _, good, bad = read_bytes(tmp_path, "a.csv", written.getvalue().encode())
    assert [tuple(row.fields.values()) for row in good] == rows
    assert bad == []


@FEW
@given(place=st.integers(0, 9), broken=st.binary(min_size=1, max_size=6))
def test_broken_bytes_cost_their_own_row_only(tmp_path: Path, place: int, broken: bytes) -> None:
    # More letters of UTF-8 than there are broken bytes, which are no other encoding then.
    rows = [f"{number},schönen guten Tag".encode() for number in range(10)]
    # Neither a line end nor a quotation mark, and never UTF-8.
    rows[place] += broken.translate(bytes.maketrans(b'\r\n",', b"xxxx")) + b"\xff"
    _, good, bad = read_bytes(tmp_path, "a.csv", b"\n".join([b"id,text", *rows]))
    assert [int(row.fields["id"]) for row in good] == [n for n in range(10) if n != place]
    assert [(reject.line, reject.reason[:15]) for reject in bad] == [(place + 2, "broken encoding")]
    raw = "".join(chr(ord(c) - 0xDC00) if ord(c) >= 0xDC80 else c for c in bad[0].row)
    assert raw.encode("latin-1", "replace")[-1:] == b"\xff"


@FEW
@given(content=st.binary(max_size=300))
def test_no_bytes_at_all_bring_it_down(tmp_path: Path, content: bytes) -> None:
    for name in ("a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz", "a.jsonl.zst"):
        try:
            read_bytes(tmp_path, name, content)
        except IngestError as error:
            assert name in str(error)


def test_lines_are_numbered_where_rows_begin(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbfid,text\r\n1,"one\r\ntwo\r\nthree"\r\n\r\n2,four\r\n3\r\n4,"a""b"\r\n'
    columns, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert columns == ["id", "text"]
    assert [(row.line, row.fields["text"]) for row in good] == [
        (2, "one\r\ntwo\r\nthree"),
        (6, "four"),
        (8, 'a"b'),
    ]
    assert [(reject.line, reject.reason, reject.row) for reject in bad] == [
        (7, "1 fields, the header has 2", ["3"])
    ]


@pytest.mark.parametrize("end", [b"", b'6,"six"\n', b'6,a "six"\n7,"seven"\n'])
def test_a_quotation_mark_that_is_not_closed_swallows_no_other_row(
    tmp_path: Path, end: bytes
) -> None:
    content = b'id,text\n1,one\n2,"two\n3,three\n4,four\n5,five\n' + end
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [row.fields["id"] for row in good] == list("1345678"[: 4 + end.count(b"\n")])
    assert [(reject.line, reject.row) for reject in bad] == [(3, '2,"two')]
    assert [row.line for row in good[:2]] == [2, 4]


def test_tsv_without_quoting_keeps_its_quotation_marks(tmp_path: Path) -> None:
    content = b'id\ttext\n1\t"great" phone\n2\t"never closed\n3\t"tab\there"\n4\tlast\n'
    _, good, bad = read_bytes(tmp_path, "a.tsv", content)
    assert [row.fields["text"] for row in good] == [
        '"great" phone',
        '"never closed',
        "tab\there",
        "last",
    ]
    assert bad == []


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("id;text", ["id", "text"]),
        ("id;text, long;x", ["id", "text, long", "x"]),
        ("text", ["text"]),
        ('"a;b",text', ["a;b", "text"]),
        (" id , text ", ["id", "text"]),
        ("text,,text,", ["text", "column 2", "text 3", "column 4"]),
    ],
)
def test_headers(tmp_path: Path, header: str, columns: list[str]) -> None:
    assert read_bytes(tmp_path, "a.csv", f"\n{header}\n".encode())[0] == columns


@pytest.mark.parametrize(
    ("codec", "asked"),
    [
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-32", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("cp1252", "cp1252"),
        ("shift_jis", "shift_jis"),
    ],
)
def test_encodings(tmp_path: Path, codec: str, asked: str | None) -> None:
    word = "価格" if codec == "shift_jis" else "Größe"
    _, good, bad = read_bytes(tmp_path, "a.csv", f"id,text\n1,{word}\n".encode(codec), asked)
    assert [row.fields for row in good] == [{"id": "1", "text": word}]
    assert bad == []


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        ("id,größe\n1,x\n".encode("cp1252"), "utf-8", "line 1: the header is not in this encod"),
        (bytes(range(256)) + b"\0" * 100, None, "--encoding utf-16-le"),
        (b"id,text\n", "klingon", "'klingon' is unknown"),
        (b"id,text\n", "hex", "'hex' is unknown"),
        (b"id,text\n", "undefined", "'undefined' is unknown"),
        (b"id,text\n", "idna", "'idna' is unknown"),
        (
            "id,text\n".encode("utf-16-le"),
            "utf-16",
            "no byte-order mark; give --encoding utf-16-le",
        ),
        ("id,text\n".encode("utf-32-be"), "utf-32", "give --encoding utf-32-le, or utf-32-be"),
        (b"id,text," + b"x" * 1_100_000, None, "line 1: the header cannot be read"),
        (b"id,text," + b"x" * 5_000_000, None, "line 1: the header cannot be read"),
        (b'id,"text\n', None, "the header cannot be read"),
        (b"\n\n ,,\n", None, "has no header"),
        (b"PK\x03\x04 and so on", None, "is a damaged zip archive or workbook"),
        (b"\x1f\x8b\x08 and so on", None, "is cut off|cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, content: bytes, encoding: str | None, said: str
) -> None:
    with pytest.raises(IngestError, match=said):
        read_bytes(tmp_path, "a.csv", content, encoding)


def test_quotation_marks_that_never_end_do_not_take_the_square_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Inside quotation marks each of these lines ends one field and opens another.
    content = b"id,text\n" + b'a","b\n' * 2_000 + b"1,good\n"
    read: list[str] = []
    next_line = Lines.__next__

    def counted(lines: Lines) -> str:
        read.append(line := next_line(lines))
        return line

    monkeypatch.setattr(Lines, "__next__", counted)
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [(row.line, row.fields["text"]) for row in good] == [(2_002, "good")]
    assert [reject.line for reject in bad] == list(range(2, 2_002))
    assert len(read) < 5 * 2_000


def test_a_record_without_end_does_not_fill_the_memory() -> None:
    lines = Lines("a.csv", io.StringIO('a","b\n' * 100), limit=60)
    with pytest.raises(EndlessRecordError):
        list(lines)
    assert lines.number == lines.characters // 6 == 11


def test_a_line_that_is_too_long_inside_quotation_marks_takes_no_other_with_it(
    tmp_path: Path,
) -> None:
    content = b'id,text\n1,"open\n' + b"y" * 5_000_000 + b"\n2,good\n3,good\n"
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [(row.line, row.fields["id"]) for row in good] == [(4, "2"), (5, "3")]
    assert [reject.line for reject in bad] == [2, 3]


def test_lines_and_fields_without_end_do_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write('id,text\n1,"' + "x" * 1_100_000 + '"\n2,good\n3,')
        file.write("y" * 9_000_000 + "\n4,good\n")
    _, good, bad = read_path(path)
    assert [(row.line, row.fields["id"]) for row in good] == [(3, "2"), (5, "4")]
    assert [reject.line for reject in bad] == [2, 4]
    assert len(bad[1].row) < 5_000_000


def test_one_value_of_a_blank_column_says_nothing_of_the_next(tmp_path: Path) -> None:
    """So a row whose last blank field was left out may have another kind of value there."""
    content = b"id\ttext\ta\tb\nk0\ta few words\t\t\nk1\tmore words\t0\t\nk2\tand these\t:\n"
    _, good, bad = read_bytes(tmp_path, "a.tsv", content)
    assert (len(good), bad) == (3, [])
