"""How long the page takes, and how large it is, of many documents.

    python -m benchmarks.page [--documents N] [--only sqlite|postgresql]

The databases are those of `benchmarks.reports`: six analyses, intents and themes. Seconds are of
processor, the server's included.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from datetime import UTC, datetime

import psutil
from sqlalchemy import Connection

from benchmarks.ingest.processor_time import processor_seconds
from benchmarks.reports.build import build
from benchmarks.reports.databases import databases, server_of
from producer.page.drawing.document import draw_page
from producer.page.page import read_page
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from schema.questions import Scope
from schema.views import refresh

#: Behind the year of which the documents are.
NOW = datetime(2027, 1, 4, tzinfo=UTC)


def main() -> None:
    """Fill databases, and write the page of each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page")
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    with ExitStack() as stack:
        for url in databases(stack, asked.only):
            engine = open_engine(url)
            upgrade(engine)
            seconds = build(engine, asked.documents)
            name = engine.dialect.name
            print(f"{name}, {asked.documents:,} documents, filled in {seconds:.0f} s", flush=True)
            refresh(engine)
            server = server_of(engine)
            with reading(engine) as connection:
                before = processor_seconds(server)
                html = page_of(connection)
                spent = processor_seconds(server) - before
            memory = psutil.Process().memory_info().rss / 2**20
            size = len(html.encode()) / 1e6
            print(f"page: {spent:.1f} s of processor, {size:.2f} MB, {memory:.0f} MiB of memory")
            engine.dispose()


def page_of(connection: Connection) -> str:
    """The page of all documents."""
    return draw_page(read_page(connection, Scope(), ["all runs"], NOW))


if __name__ == "__main__":
    main()
