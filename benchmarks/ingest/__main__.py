"""Rows a second of `triage ingest` beside `\\copy` and `.import` of the same rows.

    python -m benchmarks.ingest [--rows 50000] [--rounds 3] [--profile] [--only sqlite|postgresql]

Both load the same columns into tables with the same columns, indexes and foreign keys, with the
jobs of five analyses. They take turns, each into a fresh database, and medians are compared: a
machine that is busy is so for both, though hardly to the same degree: so processor time is
compared, too. What the tools load was made by `triage ingest` before: they
validate and hash nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import Engine

from benchmarks.ingest.databases import Database, Postgres, Sqlite
from benchmarks.ingest.hot_spots import hot_spots
from benchmarks.ingest.processor_time import processor_seconds
from benchmarks.ledger.ingest import write_rows
from producer.ingest import ingest, make_plan
from schema.settings import Settings
from tests.support.servers.postgres import postgres_server


def main() -> None:
    """Measure, and print a line for each database."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="say where our time goes, too")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rows = folder / "rows.csv"
        write_rows(rows, asked.rows)
        databases: list[Database] = []
        if asked.only != "sqlite":
            databases.append(Postgres(stack.enter_context(postgres_server())))
        if asked.only != "postgresql":
            databases.append(Sqlite(folder))
        for database in databases:
            print(_compare(database, rows, folder, asked.rows, asked.rounds), flush=True)
            if asked.profile:
                engine = database.fresh()
                for line in hot_spots(partial(_ingest, engine, rows, folder)):
                    print(line)


def _compare(database: Database, rows: Path, folder: Path, number: int, rounds: int) -> str:
    tables = folder / database.name
    tables.mkdir()
    engine = database.fresh()
    _ingest(engine, rows, folder)
    database.export(engine, tables)
    ours: list[Spent] = []
    theirs: list[Spent] = []
    for _ in range(rounds):
        ours.append(_spent(database, lambda engine: _ingest(engine, rows, folder)))
        theirs.append(_spent(database, lambda engine: database.load(engine, tables)))
    mine, other = (number / median(one.seconds for one in found) for found in (ours, theirs))
    work, their_work = (median(one.processor for one in found) for found in (ours, theirs))
    return (
        f"{database.name}: triage ingest {mine:,.0f} rows/s, {database.tool} {other:,.0f} rows/s: "
        f"{mine / other:.2f} of it; by processor time {their_work / work:.2f} of it "
        f"({work / number * 1e6:.1f} and {their_work / number * 1e6:.1f} µs a row; "
        f"{number:,} rows, {rounds} rounds in turn)"
    )


class Spent(NamedTuple):
    """What a load took.

    Attributes:
        seconds: By the clock.
        processor: Seconds of processor time, the server's and the tool's included.
    """

    seconds: float
    processor: float


def _spent(database: Database, work: Callable[[Engine], None]) -> Spent:
    engine = database.fresh()
    worked, began = processor_seconds(database.process(engine)), time.monotonic()
    work(engine)
    seconds = time.monotonic() - began
    return Spent(seconds, processor_seconds(database.process(engine)) - worked)


def _ingest(engine: Engine, rows: Path, folder: Path) -> None:
    config = Settings(rejects=folder)
    ingest(engine, config, make_plan(config, [str(rows)], run="benchmark"))


if __name__ == "__main__":
    main()
