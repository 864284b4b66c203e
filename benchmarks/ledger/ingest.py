"""Ingest a million rows: rows a second, and the most memory that the process ever held.

python benchmarks/ledger/ingest.py [--rows 1000000] [--database postgresql://…]
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import tempfile
import time
from pathlib import Path

from producer.ingest import ingest, make_plan
from schema.database import open_engine
from schema.migrations.revision import upgrade
from schema.settings import Settings

WORDS = [
    "parcel",
    "app",
    "refund",
    "was",
    "late",
    "broken",
    "love",
    "hate",
    "price",
    "box",
    "great",
]


def write_rows(path: Path, rows: int, seed: int = 7) -> None:
    """A CSV of feedback of 5 to 90 words, the same for the same seed."""
    chance = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "created_at", "product", "language", "stars", "text"])
        for number in range(rows):
            text = " ".join(chance.choices(WORDS, k=chance.randint(5, 90)))
            product = f"product {number % 40}"
            writer.writerow([number, f"2026-11-{1 + number % 28:02}", product, "en", 3, text])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--database", help="an empty database; a temporary SQLite file if not given"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_rows(path, asked.rows)
        engine = open_engine(asked.database or f"sqlite:///{folder}/triage.db")
        upgrade(engine)
        config = Settings(rejects=Path(folder))
        began, worked = time.monotonic(), time.process_time()
        done = ingest(engine, config, make_plan(config, [str(path)], run="benchmark"))
        seconds, processor = time.monotonic() - began, time.process_time() - worked
        size = path.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{engine.dialect.name}: {done.counts.stored:,} rows, {size:.0f} MB of CSV, five analyses: "
        f"{seconds:.0f} s, {done.counts.stored / seconds:,.0f} rows/s, {processor:.0f} s of "
        f"processor time, peak memory {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
