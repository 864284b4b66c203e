"""Runs and jobs for tests, written straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, insert, select

from schema.database import reading, writing
from schema.database.clock import now
from schema.ledger.enqueue import create_jobs
from schema.options import RunOptions
from schema.tables import DocumentRow, Job, Run, RunDocument, RunState


def make_run(
    engine: Engine,
    texts: Sequence[str],
    analyses: Sequence[str] = ("sentiment",),
    job_size: int = 10,
    name: str = "run",
    options: RunOptions | None = None,
    needs: dict[str, list[str]] | None = None,
    *,
    fresh: bool = False,
) -> int:
    """A run with one document a text, and its jobs; returns the run's id."""
    with writing(engine) as connection:
        run_id = connection.execute(
            insert(Run)
            .values(
                name=name,
                state=RunState.INGESTED,
                analyses=list(analyses),
                options=(options or RunOptions()).model_dump(mode="json"),
                **({"needs": needs} if needs else {}),
                fresh=fresh,
                read=len(texts),
                stored=len(texts),
                duplicate=0,
                rejected=0,
                created_at=now(),
                ingested_at=now(),
            )
            .returning(Run.id)
        ).scalar_one()
        for position, text in enumerate(texts):
            document_id = connection.execute(
                insert(DocumentRow)
                .values(
                    source=name,
                    external_id=str(position),
                    identity=f"{name}-{position}",
                    text_hash=text,
                    text=text,
                    extra={},
                    stored_at=now(),
                )
                .returning(DocumentRow.id)
            ).scalar_one()
            connection.execute(
                insert(RunDocument).values(
                    run_id=run_id, position=position, document_id=document_id
                )
            )
        create_jobs(connection, run_id, analyses, 0, len(texts), job_size, needs=needs)
    return int(run_id)


def jobs(engine: Engine, run_id: int | None = None) -> list[Job]:
    """All jobs, or those of a run, in order of id."""
    statement = select(Job.__table__).order_by(Job.id)
    if run_id is not None:
        statement = statement.where(Job.run_id == run_id)
    with reading(engine) as connection:
        return list(connection.execute(statement).all())  # type: ignore[arg-type]
