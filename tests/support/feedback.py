"""Feedback and results for tests, written straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, inspect, select

from schema.database.clock import now
from schema.options import RunOptions
from schema.results import result_table
from schema.tables import DocumentRow, Job, JobState, Model, Run, RunDocument, RunState

ALL = ("sentiment", "entities", "qa", "summary", "translation")


def add_run(connection: Connection, name: str, analyses: Sequence[str] = ALL, **values: Any) -> int:
    """A run without documents; returns its id."""
    row: dict[str, Any] = {
        "name": name,
        "state": RunState.INGESTED,
        "analyses": list(analyses),
        "options": RunOptions().model_dump(mode="json"),
        **dict.fromkeys(("read", "stored", "duplicate", "rejected"), 0),
        "created_at": now(),
        "ingested_at": now(),
    }
    statement = insert(Run).values(row | values).returning(Run.id)
    return int(connection.execute(statement).scalar_one())


def add_document(
    connection: Connection, number: int, text: str, time: str | None = None, **values: Any
) -> int:
    """A document with a time in ISO 8601; returns its id."""
    row: dict[str, Any] = {
        "source": "test",
        "external_id": str(number),
        "identity": f"{number:032}",
        "text_hash": f"{number:032}",
        "text": text,
        "time": datetime.fromisoformat(time) if time else None,
        "extra": {},
        "stored_at": now(),
    }
    statement = insert(DocumentRow).values(row | values).returning(DocumentRow.id)
    return int(connection.execute(statement).scalar_one())


def add_to_run(connection: Connection, run_id: int, documents: Sequence[int]) -> None:
    """Give documents their positions in a run."""
    connection.execute(
        insert(RunDocument),
        [
            {"run_id": run_id, "position": position, "document_id": document}
            for position, document in enumerate(documents)
        ],
    )


def add_result(
    connection: Connection, analysis: str, run_id: int, document_id: int, **values: Any
) -> None:
    """One row of an analysis's table; what is not given has a value that no report shows."""
    table = inspect(result_table(analysis)).local_table
    row: dict[str, Any] = {"run_id": run_id, "document_id": document_id}
    unseen: dict[str, Any] = {"score": 0.9, "windows": 1, "start": 0, "end": 1, "ordinal": 0}
    unseen |= {"analysis": analysis}
    row |= {name: value for name, value in unseen.items() if name in table.c}
    connection.execute(insert(table).values(row | values))


def add_model(connection: Connection, run_id: int, analysis: str, name: str) -> int:
    """A model; returns its id."""
    row = {"run_id": run_id, "analysis": analysis, "name": name, "revision": "714eb0f"}
    statement = insert(Model).values(row | {"options": {"dtype": "float32"}}).returning(Model.id)
    return int(connection.execute(statement).scalar_one())


def add_job(
    connection: Connection, run_id: int, analysis: str, state: JobState, size: int, **values: Any
) -> None:
    """A job of `size` documents, at the positions after those of the analysis's other jobs."""
    ends = select(Job.end_position).where(Job.run_id == run_id, Job.analysis == analysis)
    first = max(connection.execute(ends).scalars(), default=0)
    row = {
        "run_id": run_id,
        "analysis": analysis,
        "first_position": first,
        "end_position": first + size,
        "state": state,
        "attempts": 0,
        "fence": 0,
        "failed": 0,
    }
    connection.execute(insert(Job).values(row | values))
