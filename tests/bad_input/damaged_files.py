"""Bytes of which nobody knows what is in them: random ones, and good files that were damaged."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.bad_input.compressed_files import compressed_files
from tests.bad_input.csv_files import csv_files
from tests.bad_input.example import Example
from tests.bad_input.json_files import json_files
from tests.bad_input.jsonl_files import jsonl_files
from tests.bad_input.parquet_files import parquet_files
from tests.bad_input.workbook_files import workbook_files

_NAMES = st.sampled_from(
    [
        *("autumn.csv", "autumn.tsv", "autumn.jsonl", "autumn.ndjson", "autumn.parquet"),
        *("autumn.csv.gz", "autumn.jsonl.zst", "autumn.tsv.zst", "autumn.ndjson.gz"),
        *("autumn.xlsx", "autumn", "autumn.parquet.gz", "autumn.json", "autumn.zip", "autumn.ods"),
    ]
)
_ENCODINGS = st.sampled_from(
    [
        *("utf-8", "utf-16", "utf-16-be", "utf-32", "cp1252", "utf-7", "shift_jis", "iso2022_jp"),
        *("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "hex", "rot13"),
        *("klingon", "", "big5", "hz", "mbcs", "cp037", "ascii", "utf_8_sig", "a\udcffb", "a b"),
    ]
)
_ARGUMENTS = st.one_of(st.just(()), st.tuples(st.just("--encoding"), _ENCODINGS))

#: Pieces of what parsers look for.
_PIECES = st.sampled_from(
    [
        *(b"id,text\n", b"text\n", b'"', b'""', b",", b"\n", b"\r", b"\0", b'a","b\n', b"\t", b";"),
        *(b'{"text": "', b'"}', b"{", b"[", b"}", b":", b"\\ud800", b"\\", b"NaN", b"1e999", b"-"),
        *(b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff", b"PAR1", b"\x1f\x8b", b"PK\x03\x04"),
        *(b"\x28\xb5\x2f\xfd", b"1", b"a few words", "größe 😀".encode(), "größe".encode("cp1252")),
        *(b"text," * 300, b'"\n' * 200, b"=1+1", b"\x1b[2J", b"x" * 5_000, b"\x00\xd8", b"\x1a"),
    ]
)
#: Any bytes, and pieces in any order.
BYTES = st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=30).map(b"".join))


@st.composite
def random_files(draw: st.DrawFn) -> Example:
    """Any bytes under any name, read in any encoding."""
    return Example(draw(_NAMES), draw(BYTES), draw(_ARGUMENTS))


@st.composite
def damaged_files(draw: st.DrawFn) -> Example:
    """Files that were good until somebody wrote over them, or cut something out."""
    file = draw(
        st.one_of(
            *(csv_files(), jsonl_files(), json_files(), parquet_files(), compressed_files()),
            *(workbook_files(), workbook_files(packed=True)),
        )
    )
    content = bytearray(file.content)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        removed = draw(st.sampled_from([0, 0, 1, 1, 1, 8, 100]))
        content[start : start + removed] = draw(st.one_of(st.binary(max_size=3), _PIECES))
    arguments = getattr(file, "arguments", ())
    return Example(file.name, bytes(content), draw(st.sampled_from([arguments, ()])))
