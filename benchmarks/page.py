"""How long the page takes, and how large it is, of many documents.

    python -m benchmarks.page [--documents N]

The database (SQLite) is filled by SQL alone: documents with ratings, sentiment, and themes of which
each has one or two. Texts, products and times repeat in cycles of lengths that share no divisor.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psutil
from sqlalchemy import Connection, Engine, text

from producer.page.drawing.document import draw_page
from producer.page.page import read_page
from schema.database import open_engine, reading, writing
from schema.migrations.revision import upgrade
from schema.questions import Scope
from schema.themes.weeks import count_weeks

T = TypeVar("T")

THEMES, PRODUCTS, WEEKS = 60, 25, 52
NOW = datetime(2026, 6, 1, tzinfo=UTC)

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :documents)"
_FILL = (
    """INSERT INTO runs
        (id, name, state, analyses, options, read, stored, duplicate, rejected, created_at)
    VALUES (1, 'many', 'ingested', '[]', '{}', :documents, :documents, 0, 0, :now)""",
    """INSERT INTO models (id, run_id, analysis, name, revision, options)
        VALUES (1, 1, 'sentiment', 'm', '1', '{}')""",
    f"""INSERT INTO document_versions (id, source, external_id, identity, text_hash, text, time,
        language, product, rating, rating_scale, metadata, stored_at)
    {_NUMBERS} SELECT i, 'shop', 'D-' || i, i, i,
        'The part number ' || i || ' of my order came late, and the box was open when I got it.',
        datetime(:now, '-' || (i * 7919 % ({WEEKS} * 10080)) || ' minutes'),
        CASE i % 3 WHEN 0 THEN 'de' ELSE 'en' END, 'Product ' || (i * 31 % {PRODUCTS}),
        1 + (i * 13 % 5), 5, '{{"plan": "' || CASE i % 4 WHEN 0 THEN 'pro' ELSE 'free' END || '"}}',
        :now FROM n""",
    f"""INSERT INTO sentiments (run_id, document_id, model_id, label, score, windows, polarity,
        polarity_score, unsure)
    {_NUMBERS} SELECT 1, i, 1, 'x', .9, 1,
        CASE WHEN i * 13 % 5 < 2 THEN 'negative' ELSE 'positive' END, .5, i % 11 = 0 FROM n""",
    f"""INSERT INTO run_documents (run_id, position, document_id)
    {_NUMBERS} SELECT 1, i - 1, i FROM n""",
    """INSERT INTO theme_sets (id, scope, basis, next_theme_id, made_at, ready_at)
        VALUES (1, 'all', 'embedding', 1000, :now, :now)""",
    f"""INSERT INTO themes (set_id, id, kind, name, phrases, centre, first_seen)
    {_NUMBERS} SELECT 1, i, 'theme', 'theme ' || i, '[]', x'', :now FROM n WHERE i <= {THEMES}""",
    f"""INSERT INTO document_themes (set_id, document_id, ordinal, theme_id, similarity, copy_key)
    {_NUMBERS}, o(o) AS (SELECT 0 UNION ALL SELECT 1)
    SELECT 1, i, o, CASE WHEN (i + o) % 9 THEN 1 + (i * 17 + o * 5) % {THEMES} END,
        .5 + (i % 50) / 100.0, i FROM n, o WHERE o = 0 OR i % 2""",
)


def main() -> None:
    """Fill a database, and write the page of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page")
    parser.add_argument("--documents", type=int, default=1_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'triage.db'}")
        upgrade(engine)
        seconds, _ = _timed(lambda: fill(engine, asked.documents))
        print(f"{asked.documents:,} documents; database filled in {seconds:.0f} s")
        with reading(engine) as connection:
            spent, html = _timed(lambda: _page(connection))
        memory = psutil.Process().memory_info().rss / 2**20
        size = len(html.encode()) / 1e6
        print(f"page: {spent:.1f} s of processor, {size:.2f} MB, {memory:.0f} MiB of memory")
        engine.dispose()


def fill(engine: Engine, documents: int) -> None:
    """Write the documents and what was found in them."""
    values = {"documents": documents, "now": f"{NOW:%Y-%m-%d %H:%M:%S.%f}"}
    with writing(engine) as connection:
        for statement in _FILL:
            known = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), known)
        connection.execute(text("ANALYZE"))
    count_weeks(engine, 1)


def _page(connection: Connection) -> str:
    return draw_page(read_page(connection, Scope(), ["all runs"], NOW))


def _timed(run: Callable[[], T]) -> tuple[float, T]:
    """Processor seconds, which others on the machine do not move as much, and the result."""
    begun = time.process_time()
    done = run()
    return time.process_time() - begun, done


if __name__ == "__main__":
    main()
