"""Many small runs, and the statements that a look at them takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, insert, select

from schema.database import writing
from schema.database.clock import now
from schema.options import RunOptions
from schema.results import result_table
from schema.tables import DocumentRow, Job, JobState, Run, RunDocument, RunState

#: Documents of each run.
DOCUMENTS = 2
_VALUES = {
    "sentiment": {"label": "POSITIVE", "score": 0.9, "windows": 1},
    "entities": {"ordinal": 0, "type": "ORG", "text": "a", "start": 0, "end": 1, "score": 0.9},
}


def make_runs(
    engine: Engine,
    number: int,
    analyses: Sequence[str] = ("sentiment", "entities"),
    state: JobState = JobState.DONE,
    prefix: str = "small",
) -> list[int]:
    """Runs of `DOCUMENTS` documents, a job an analysis; done ones with their results.

    Returns:
        Their ids, in order; they are called `prefix` and a number from 0.
    """
    with writing(engine) as connection:
        run = {
            "state": RunState.INGESTED,
            "analyses": list(analyses),
            "options": RunOptions().model_dump(mode="json"),
            **dict.fromkeys(("read", "stored"), DOCUMENTS),
            **dict.fromkeys(("duplicate", "rejected"), 0),
        }
        names = [{"name": f"{prefix}{one}"} | run for one in range(number)]
        connection.execute(insert(Run).values(created_at=now(), ingested_at=now()), names)
        first = connection.execute(select(Run.id).where(Run.name == f"{prefix}0")).scalar_one()
        runs = list(range(first, first + number))
        documents = [
            {"source": prefix, "identity": f"{prefix}-{one}", "text_hash": "0", "text": "a"}
            for one in range(number * DOCUMENTS)
        ]
        connection.execute(insert(DocumentRow).values(stored_at=now(), extra={}), documents)
        found = select(DocumentRow.id).where(DocumentRow.source == prefix).order_by(DocumentRow.id)
        ids = connection.execute(found).scalars().all()
        places = [
            {"run_id": runs[at // DOCUMENTS], "position": at % DOCUMENTS, "document_id": document}
            for at, document in enumerate(ids)
        ]
        connection.execute(insert(RunDocument), places)
        job = {"first_position": 0, "end_position": DOCUMENTS, "state": state}
        counts = dict.fromkeys(("attempts", "fence", "failed"), 0)
        jobs = [
            {"run_id": one, "analysis": analysis} | job | counts
            for one in runs
            for analysis in analyses
        ]
        connection.execute(insert(Job), jobs)
        for analysis in analyses if state == JobState.DONE else ():
            rows = [
                {"run_id": place["run_id"], "document_id": place["document_id"]} | _VALUES[analysis]
                for place in places
            ]
            connection.execute(insert(result_table(analysis)), rows)
    return runs


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The statements that are executed within the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
