from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import pytest
import zstandard

from producer.ingest.errors import IngestError
from producer.ingest.readers.files import damage
from tests.support.reading import read_bytes, read_path

ROWS = 20_000
PLAIN = b"id,text\n" + b"".join(b"%d,some words about it\n" % n for n in range(ROWS))
COMPRESSED = {
    "a.csv.gz": gzip.compress(PLAIN[:1000]) + gzip.compress(PLAIN[1000:]),
    "a.csv.zst": zstandard.compress(PLAIN[:1000]) + zstandard.compress(PLAIN[1000:]),
}


@pytest.mark.parametrize("name", COMPRESSED)
def test_compressed_files_of_several_parts(tmp_path: Path, name: str) -> None:
    _, good, bad = read_bytes(tmp_path, name, COMPRESSED[name])
    assert [int(row.fields["id"]) for row in good] == list(range(ROWS))
    assert bad == []


def test_a_compressed_table_may_have_control_characters(tmp_path: Path) -> None:
    packed = gzip.compress(b"id\ttext\n1\t\x08some words\n")
    _, good, bad = read_bytes(tmp_path, "a.tsv.gz", packed)
    assert ([row.fields["text"] for row in good], bad) == (["\x08some words"], [])


@pytest.mark.parametrize("keep", [0.3, 0.9, -1])
@pytest.mark.parametrize("name", COMPRESSED)
def test_half_a_compressed_file_is_noticed(tmp_path: Path, name: str, keep: float) -> None:
    content = COMPRESSED[name]
    end = -1 if keep < 0 else int(len(content) * keep)
    with pytest.raises(IngestError, match=f"{name} is cut off"):
        read_bytes(tmp_path, name, content[:end])


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_damaged_file_is_noticed(tmp_path: Path, name: str) -> None:
    content = bytearray(COMPRESSED[name])
    content[len(content) // 2 :] = b"rubbish" * 100
    with pytest.raises(IngestError, match=f"{name} (cannot be read|is cut off)"):
        read_bytes(tmp_path, name, bytes(content))
    with pytest.raises(IngestError, match=f"{name} is not compressed with .*, as its name says"):
        read_bytes(tmp_path, name, PLAIN)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="is a folder without a file that can be read"):
        read_path(tmp_path)
    with pytest.raises(IngestError, match="does not exist"):
        read_path(tmp_path / "gone.csv")
    with pytest.raises(IngestError, match=r"is empty \(0 bytes\)"):
        read_bytes(tmp_path, "a.csv", b"")
    with pytest.raises(IngestError, match="is empty"):
        read_bytes(tmp_path, "a.jsonl.gz", gzip.compress(b""))
    with pytest.raises(IngestError, match="cannot be read: .*too long"):
        read_path("x" * 300 + ".csv")
    for name in ("a", "a.xlsx", "a.docx"):
        with pytest.raises(IngestError, match="cannot tell its format"):
            read_bytes(tmp_path, name, bytes(range(1, 256)))
    with pytest.raises(IngestError, match="is not compressed with gzip, as its name says"):
        read_bytes(tmp_path, "a.parquet.gz", b"x")
    with pytest.raises(IngestError, match="begins neither with { nor with"):
        read_bytes(tmp_path, "a.json", b"x")


def test_a_name_that_is_not_utf8_is_said_escaped(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"a\\udcff\.csv: this name is not UTF-8"):
        read_bytes(tmp_path, "a\udcff.csv", b"id,text\n1,x\n")


def test_standard_input_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(IngestError, match="standard input is closed"):
        read_path("-")


def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "a.jsonl"
    os.mkfifo(pipe)
    if os.fork() == 0:
        pipe.write_bytes(b'{"text": "hello"}\n')
        os._exit(0)
    assert [row.fields for row in read_path(pipe)[1]] == [{"text": "hello"}]


def test_what_a_library_says_is_one_line_that_a_terminal_can_show() -> None:
    with pytest.raises(IngestError) as failure, damage("a.parquet"):
        raise OSError("what type:\n \x0f\x1b[31m\udcff " + "x" * 10_000)
    said = str(failure.value)
    assert said.startswith(r"a.parquet cannot be read: what type: \x0f\x1b[31m\udcff xxx")
    assert len(said) < 400
