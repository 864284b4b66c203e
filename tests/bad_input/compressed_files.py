"""Files that are cut off in the middle of a row or a character, and compressed ones."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass

import zstandard
from hypothesis import strategies as st

from tests.bad_input.csv_files import csv_files
from tests.bad_input.example import Good, Line, TextFile
from tests.bad_input.jsonl_files import jsonl_files


@dataclass(frozen=True)
class Cut:
    """A file, and its first bytes, which are all there is of it."""

    file: TextFile
    name: str
    content: bytes
    #: Good rows that are whole; of what is behind them at most one row may be stored.
    whole: tuple[Good, ...]


@st.composite
def cut_files(draw: st.DrawFn) -> Cut:
    """Plain files, cut off anywhere behind the header: half a UTF-16 character, half a row."""
    file = draw(st.one_of(csv_files(), jsonl_files()))
    content = file.content
    end = draw(st.integers(len(file.head), len(content) - 1))
    return Cut(file, file.name, content[:end], file.whole_before(end))


@dataclass(frozen=True)
class Packed:
    """A compressed file, and the first bytes of it."""

    file: TextFile
    name: str
    content: bytes
    end: int


@st.composite
def compressed_files(draw: st.DrawFn) -> Packed:
    """Files of one or more compressed parts; small odd ones, and long ones that take many reads."""
    long_one = _long_file(draw(st.integers(0, 9)), draw(st.integers(300, 900)))
    file = draw(st.one_of(csv_files(), jsonl_files(), st.just(long_one)))
    plain = file.content
    middle = draw(st.integers(0, len(plain)))
    parts = [plain[:middle], plain[middle:]]
    suffix = draw(st.sampled_from([".gz", ".zst"]))
    if suffix == ".gz":
        content = b"".join(gzip.compress(part, 1, mtime=0) for part in parts)
    else:
        content = b"".join(zstandard.compress(part) for part in parts)
    end = draw(st.integers(1, len(content) - 1))
    return Packed(file, file.name + suffix, content, end)


def _long_file(seed: int, rows: int) -> TextFile:
    """Some megabytes that cannot be pressed together, every seventh row a bad one."""
    numbers = random.Random(seed)
    lines = []
    for number in range(rows):
        text = "" if number % 7 == 3 else numbers.randbytes(900).hex()
        content = json.dumps({"id": f"k{number}", "text": text}).encode() + b"\n"
        lines.append(Line(content, Good(f"k{number}", text, {}) if text else None))
    return TextFile("autumn.jsonl", b"", tuple(lines), ())
