"""How long every named report, and typical queries of views, take on a large database.

    python -m benchmarks.reports [--rows 1000000] [--only sqlite|postgresql] [--database URL]

Builds the database (`contents.py` says what is in it), works out rollups, and prints for each query
the middle of three times, from sending it to its last row: by the clock, of processor, the
server's included, which says more where the machine is busy, and of the server's alone (on SQLite,
which has none, that is the same). Reports on some of the documents, and
what commands on questions read, are asked once; `plain` is the same with all rollups stale, once,
too. `--database` is one that is there already, empty, or filled by an earlier time; else a
temporary server is started, which has PostgreSQL's own defaults but for `work_mem`. `--match` asks
only what has this in its name.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

from sqlalchemy import Engine, select

from benchmarks.ingest.processor_time import processor_seconds
from benchmarks.reports.build import build
from benchmarks.reports.databases import databases, server_of
from benchmarks.reports.queries import (
    Query,
    queries,
    question_queries,
    reads_rollups,
    restricted_queries,
)
from schema.database import open_engine, reading, writing
from schema.migrations.revision import upgrade
from schema.reports.urgent_rollup import refresh_urgent
from schema.tables import DocumentRow
from schema.views import refresh
from schema.views.triggers import mark_all

ROUNDS = 3


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--database", help="URL of a database")
    parser.add_argument("--match", default="", help="part of the names of what is asked")
    asked = parser.parse_args()
    with ExitStack() as stack:
        for url in [asked.database] if asked.database else databases(stack, asked.only):
            engine = open_engine(url)
            upgrade(engine)
            print(f"{engine.dialect.name}, {asked.rows:,} documents", flush=True)
            if not _is_filled(engine):
                print(f"built in {build(engine, asked.rows):.0f} s", flush=True)
            began = time.monotonic()
            blocks = refresh(engine)
            print(f"{blocks} blocks of rollups in {time.monotonic() - began:.0f} s", flush=True)
            began = time.monotonic()
            blocks = refresh_urgent(engine)
            print(
                f"{blocks} blocks of what is urgent in {time.monotonic() - began:.0f} s", flush=True
            )
            measure(engine, asked.match)
            engine.dispose()


def _is_filled(engine: Engine) -> bool:
    with reading(engine) as connection:
        return connection.execute(select(DocumentRow.id).limit(1)).first() is not None


def measure(engine: Engine, match: str) -> None:
    """Print a line for each query, then what those that read rollups take without."""
    print(f"{'clock':>9} {'processor':>9} {'server':>9} {'rows':>7}")
    known = [one for one in queries() if match in one[0]]
    for name, query in known:
        _print(name, [_timed(engine, query) for _ in range(ROUNDS)])
    print("on some of the documents, and commands on questions")
    for name, query in (*restricted_queries(), *question_queries()):
        if match in name:
            _print(name, [_timed(engine, query)])
    if not any(reads_rollups(name) for name, _ in known):
        return
    with writing(engine) as connection:
        mark_all(connection)
    print("plain, all rollups stale")
    for name, query in known:
        if reads_rollups(name):
            _print(name, [_timed(engine, query)])


class Took(NamedTuple):
    """What a query took: seconds by the clock, of processor, and of these the server's."""

    clock: float
    processor: float
    server: float
    rows: int


def _print(name: str, took: Sequence[Took]) -> None:
    seconds = (median(of) for of in list(zip(*took, strict=True))[:3])
    print(*(f"{one:>9.3f}" for one in seconds), f"{took[0].rows:>7,} {name}", flush=True)


def _timed(engine: Engine, query: Query) -> Took:
    server = server_of(engine)
    with reading(engine) as connection:
        ours, worked, began = (
            processor_seconds(None),
            processor_seconds(server),
            time.perf_counter(),
        )
        rows = len(query(connection))
        clock, spent = time.perf_counter() - began, processor_seconds(server) - worked
        ours = 0.0 if server is None else processor_seconds(None) - ours
        return Took(clock, spent, spent - ours, rows)


if __name__ == "__main__":
    main()
