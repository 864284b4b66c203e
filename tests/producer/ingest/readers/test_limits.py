"""Bombs: what unpacks to endless nothing, or holds no row, ends soon and with the reason."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from producer.ingest.errors import IngestError
from producer.ingest.readers import limits
from producer.ingest.readers.row import Reject, Row
from tests.support.reading import open_path, read_path

pytestmark = pytest.mark.slow

#: More good rows than are looked at when a file is opened.
GOOD = 250
HEADS = {
    "csv": b"id,text\n" + b'1,"a"\n' * GOOD,
    "jsonl": b'{"id": 1, "text": "a"}\n' * GOOD,
}
PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstandard.compress}
LINE = b"words that are in a line\n"
ALONE = r"line 25\d: this line alone has more than 5,000,000 characters; take it out$"
NO_ROW = r"line 25\d: there is no row .* in the 5,000,000 characters from here to line .* take them"
UNPACKS = (
    r"unpacks to more than 200 times its size, .*; if that is meant, unpack it yourself first$"
)


@pytest.fixture
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test meets without writing gigabytes."""
    monkeypatch.setattr(limits, "MOST_BLANK_LINES", 2_000)
    monkeypatch.setattr(limits, "MOST_WITHOUT_ROW", 5_000_000)
    monkeypatch.setattr(limits, "FREE_UNPACKED", 1_000_000)


@pytest.mark.usefixtures("_low_limits")
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"\n" * 1_000_000, "blank lines one behind the other"),
        ("a.csv", b" \r\n" * 500_000, "blank lines one behind the other"),
        ("a.jsonl", b"\n" * 1_000_000, "blank lines one behind the other"),
        ("a.jsonl.gz", b"\n" * 1_000_000, "blank lines one behind the other"),
        ("a.jsonl", (b" " * 9_999 + b"\n") * 1_500, NO_ROW),
        ("a.csv", b"x" * 15_000_000, ALONE),
        ("a.csv", b'2,"' + b"x" * 15_000_000, ALONE),
        ("a.jsonl", b"[" * 15_000_000, ALONE),
        ("a.jsonl", b'{"text": "' + b"x" * 15_000_000, ALONE),
        ("a.csv", b'2,"' + LINE * 600_000, NO_ROW),
        ("a.csv", b"2,too,many\n" * 1_400_000, NO_ROW),
        ("a.jsonl", LINE * 600_000, NO_ROW),
        ("a.jsonl.gz", (b'{"text": "' + b"x" * 900 + b'"}\n') * 30_000, UNPACKS),
        ("a.csv.zst", b'2,"b"\n' * 1_000_000, UNPACKS),
    ],
)
def test_it_ends_with_the_reason_and_most_of_it_unread(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    _, kind, *packing = name.split(".")
    content = HEADS[kind] + content
    path.write_bytes(PACK[packing[0]](content) if packing else content)
    good = 0
    with open_path(path) as stream:
        with pytest.raises(IngestError, match=said) as failure:
            for row in stream.rows:
                good += isinstance(row, Row)
        fraction = stream.fraction()
    assert good >= GOOD
    assert str(failure.value).startswith(str(path))
    if not packing:
        assert fraction is not None and fraction < 0.6


@pytest.mark.usefixtures("_low_limits")
def test_what_stays_below_every_limit_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    gap = b"\n" * 1_900 + b"no row\n" * 1_900
    path.write_bytes(b"id,text\n" + (gap + b"1,a\n") * 400)
    assert path.stat().st_size > limits.MOST_WITHOUT_ROW
    _, good, bad = read_path(path)
    assert (len(good), len(bad)) == (400, 400 * 1_900)


def test_the_limits_as_they_are_end_line_ends_in_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    # A hundred and more megabytes in a hundred and more kilobytes.
    blank = gzip.compress(b"\n" * (1 << 20), 1)
    path.write_bytes(gzip.compress(HEADS["csv"]) + blank * 128)
    with pytest.raises(IngestError, match="line 2097404: more than 2,097,152 blank lines"):
        read_path(path)


def _parquet(path: Path, texts: pa.Array | pa.ChunkedArray, **options: object) -> Path:
    pq.write_table(pa.table({"text": texts}), path, **options)
    return path


def test_a_text_that_all_rows_of_parquet_have_is_in_memory_once(tmp_path: Path) -> None:
    path = _parquet(tmp_path / "a.parquet", pa.repeat("x" * 100_000, 500))
    _, good, _ = read_path(path)
    assert len(good) == 500
    assert len({id(row.fields["text"]) for row in good}) == 1


@pytest.mark.usefixtures("_low_limits")
@pytest.mark.parametrize(
    ("times", "options"),
    [
        # One value that all rows point to; and a page that is unpacked as a whole.
        (100_000, {}),
        (1_000, {"use_dictionary": False, "compression": "zstd"}),
    ],
)
def test_parquet_that_unpacks_to_endless_texts(
    tmp_path: Path, times: int, options: dict[str, object]
) -> None:
    path = _parquet(tmp_path / "a.parquet", pa.repeat("x" * 10_000, times), **options)
    rows = 0
    said = "unpacks to more than 200 times its size, .*; if that is meant, write it as CSV$"
    with (
        pytest.raises(IngestError, match=said),
        open_path(path) as stream,
    ):
        for row in stream.rows:
            assert isinstance(row, Row | Reject)
            rows += 1
    assert rows < 2_000


def test_parquet_with_a_dictionary_keeps_every_value(tmp_path: Path) -> None:
    texts = pa.array(["a", None, "b", "a", None, "c"] * 700)
    _, good, bad = read_path(_parquet(tmp_path / "a.parquet", texts))
    assert ([row.fields["text"] for row in good], bad) == (texts.to_pylist(), [])


def test_a_header_of_a_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id" + b"," * 900_000 + b"\n1,a\n")
    said = "has 900001 columns, more than the 10000 that can be read"
    with pytest.raises(IngestError, match=said):
        # The reader itself refuses it, before anything is made of the columns.
        open_path(path).__enter__()
