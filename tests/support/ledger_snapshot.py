"""What the tables of the ledger hold, in the words of the model, and how to empty them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, String, and_, case, cast, delete, literal, select, union_all

from schema.database import reading, writing
from schema.database.clock import after, now
from schema.results.sentiment import SentimentRow
from schema.results.summary import SummaryRow
from schema.tables import RESULT_TABLES, DeadLetter, DocumentRow, Job, Model, Run, RunDocument
from tests.support.ledger_model import Key, ModelJob, Written

MESSAGE_TIMEOUT = 60.0


def _written(row: Any, analysis: Any, words: Any) -> Select[Any]:
    here = and_(RunDocument.run_id == row.run_id, RunDocument.document_id == row.document_id)
    return select(row.run_id, analysis, RunDocument.position, words).join(RunDocument, here)


_WRITTEN = union_all(
    _written(SentimentRow, literal("sentiment"), SentimentRow.label),
    _written(SummaryRow, literal("summary"), SummaryRow.summary),
    _written(
        DeadLetter,
        DeadLetter.analysis,
        literal("dead letter: ")
        + DeadLetter.error_class
        + literal(" after ")
        + cast(DeadLetter.attempts, String),
    ),
)


@dataclass(frozen=True)
class Snapshot:
    """Jobs by what they are about, their ids, and all outcomes, doubled ones twice."""

    jobs: dict[Key, ModelJob]
    ids: dict[int, Key]
    written: list[Written]


def snapshot(engine: Engine) -> Snapshot:
    table = Job.__table__.c
    jobs, ids = {}, {}
    lease = case((table.lease_until < now(), "over"), (table.lease_until.is_not(None), "held"))
    statement = select(
        *(table.id, table.run_id, table.analysis, table.first_position, table.end_position),
        *(table.state, table.attempts, table.fence, table.worker),
        lease,
        *(table.not_before > now(), table.queued_at < after(-MESSAGE_TIMEOUT)),
        *(table.failed, table.error_class, table.started_at.is_not(None)),
    ).order_by(table.id)
    with reading(engine) as connection:
        for job_id, run, analysis, first, *known in connection.execute(statement):
            end, state, attempts, fence, worker, leased, waits, aged, failed, error, begun = known
            ids[job_id] = (run, analysis, first)
            jobs[run, analysis, first] = ModelJob(
                *(end, state, attempts, fence, worker, leased),
                *(bool(waits), bool(aged), failed, error),
                begun=bool(begun) and state == "running",
            )
        written = [tuple(row) for row in connection.execute(_WRITTEN)]
    assert len(jobs) == len(ids), "two jobs begin at one position"
    return Snapshot(jobs, ids, sorted(written))


def empty(engine: Engine) -> None:
    """Delete every row; quicker than to migrate a new database."""
    with writing(engine) as connection:
        tables: list[type[Any]] = [*RESULT_TABLES, DeadLetter, Model, Job, RunDocument, Run]
        for table in tables:
            connection.execute(delete(table))
        connection.execute(delete(DocumentRow))
