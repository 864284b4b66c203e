"""Time and memory of `triage themes` on a database of jittered copies of real clauses."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert

from producer.themes.finding import find_themes
from producer.themes.grid import Floats
from schema.database import open_engine, writing
from schema.database.clock import now
from schema.migrations.revision import upgrade
from schema.options import RunOptions
from schema.results.embedding import EmbeddingRow
from schema.tables import Model, Run, RunDocument, RunState
from schema.themes.scope import ThemeScope

#: Clauses of a document, and clauses that are written at once.
EACH, BLOCK = 4, 20_000
#: How far a copy is from its original: their cosine is about 0.9.
JITTER = 0.025


def make_database(path: Path, texts: Sequence[str], vectors: Floats, count: int) -> Engine:
    """A SQLite database with `count` clauses, all of different texts."""
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    random = np.random.default_rng(0)
    with writing(engine) as connection:
        run = _insert(connection, Run, _run_values(count // EACH))
        model = {"run_id": run, "analysis": "embedding", "name": "m", "revision": "1"}
        model_id = _insert(connection, Model, model | {"options": {}})
    for start in range(0, count, BLOCK):
        pick = random.integers(0, len(texts), BLOCK)
        rows = vectors[pick].astype(np.float32)
        rows += random.normal(0, JITTER, rows.shape).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        stored = [row.tobytes() for row in rows.astype("<f2")]
        said = [f"{texts[one]} x{start + place}" for place, one in enumerate(pick.tolist())]
        with writing(engine) as connection:
            _write(connection, (run, model_id), start // EACH, said, stored)
    return engine


def _run_values(documents: int) -> dict[str, Any]:
    return {
        "name": "run",
        "state": RunState.INGESTED,
        "analyses": ["embedding"],
        "options": RunOptions().model_dump(mode="json"),
        "read": documents,
        "stored": documents,
        "duplicate": 0,
        "rejected": 0,
        "created_at": now(),
    }


def _insert(connection: Any, table: Any, values: dict[str, Any]) -> int:
    made = insert(table).values(**values).returning(table.id)
    return int(connection.execute(made).scalar_one())


def _write(
    connection: Any, ids: tuple[int, int], first: int, said: list[str], stored: list[bytes]
) -> None:
    run, model = ids
    documents, places, clauses = [], [], []
    for place in range(0, len(said), EACH):
        number = first + place // EACH
        own = said[place : place + EACH]
        document = {"id": number + 1, "source": "s", "identity": str(number), "extra": {}}
        text = "\n".join(own)
        documents.append(document | {"text_hash": str(number), "text": text, "stored_at": now()})
        places.append({"run_id": run, "position": number, "document_id": number + 1})
        start = 0
        for ordinal, clause in enumerate(own):
            end = start + len(clause)
            clauses.append(
                {
                    "run_id": run,
                    "document_id": number + 1,
                    "ordinal": ordinal,
                    "start": start,
                    "end": end,
                    "vector": stored[place + ordinal],
                    "model_id": model,
                }
            )
            start = end + 1
    stamp = time.strftime("%Y-%m-%d %H:%M:%S.000000", time.gmtime())
    connection.exec_driver_sql(
        "INSERT INTO document_versions (id, source, identity, text_hash, text, metadata, "
        "stored_at, version) VALUES (?, ?, ?, ?, ?, '{}', ?, 1)",
        [
            (one["id"], one["source"], one["identity"], one["text_hash"], one["text"], stamp)
            for one in documents
        ],
    )
    connection.execute(insert(RunDocument), places)
    connection.execute(insert(EmbeddingRow), clauses)


def measure(engine: Engine) -> dict[str, float]:
    """Find themes once: seconds of processor, and the peak of memory in MB of this process."""
    began = time.process_time()
    found = find_themes(engine, ThemeScope())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "documents": float(found.assigned),
        "processor seconds": time.process_time() - began,
        "peak MB": peak,
    }
