"""Deliveries of the same feedback, one after the other, and what the documents say then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from producer.ingest import Counts
from schema.database import reading
from tests.support.ingesting import run_ingest, write_csv

HEADER = "id,text,time,status"
OLD = [(1, "slow", "2026-03-01", "open"), (2, "fine", "2026-03-02", "open")]


def current(engine: Engine) -> list[tuple[Any, ...]]:
    """What the view `documents` has: id, text, metadata, version."""
    statement = text("SELECT external_id, text, metadata, version FROM documents ORDER BY text")
    with reading(engine) as connection:
        rows = connection.execute(statement).all()
    return [
        (row[0], row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2], row[3])
        for row in rows
    ]


def texts(engine: Engine) -> list[str]:
    return [row[1] for row in current(engine)]


def deliver(
    engine: Engine, folder: Path, rows: list[Any], name: str = "new.csv", **asked: Any
) -> Counts:
    path = write_csv(folder / name, rows, HEADER)
    return run_ingest(engine, path, **{"source": "shop"} | asked).counts
