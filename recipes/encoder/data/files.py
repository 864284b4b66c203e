"""Reading the files of public sets: JSON Lines, CSV and TSV, plain or compressed."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any


def lines(path: Path) -> Iterator[str]:
    """The lines of a text file, `.gz` or `.zst` or neither."""
    if path.suffix == ".zst":
        # A command in place of a dependency for one recipe.
        unpacked = subprocess.run(["zstd", "-dcq", str(path)], check=True, stdout=subprocess.PIPE)
        yield from unpacked.stdout.decode().splitlines()
        return
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from content.decode().split("\n")


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return (json.loads(line) for line in lines(path) if line.strip())


def csv_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a compressed CSV file, by the names of its header."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def held_out(text: str, share: float = 0.1) -> bool:
    """Whether a text belongs to the part that is measured and never trained on; by its hash, so
    that it is the same part on every machine, and texts that occur twice are on one side.
    """
    digest = blake2b(text.strip().lower().encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") < share * 2**32
