"""A run of a million documents and its pending jobs, made by the database itself, in seconds."""

from __future__ import annotations

from sqlalchemy import Engine, insert, text

from schema.database import writing
from schema.database.clock import now
from schema.options import RunOptions
from schema.tables import Run, RunState

_PLACES = """
WITH RECURSIVE places(place) AS
(SELECT 0 UNION ALL SELECT place + {step} FROM places WHERE place + {step} < {documents})
"""


def make_large_run(engine: Engine, documents: int, job_size: int, name: str = "large") -> int:
    """A run of that many short texts, for sentiment alone; the database holds no other."""
    nothing = "CAST('{}' AS jsonb)" if engine.dialect.name == "postgresql" else "'{}'"
    with writing(engine) as connection:
        run = connection.execute(
            insert(Run)
            .values(
                name=name,
                state=RunState.INGESTED,
                analyses=["sentiment"],
                options=RunOptions().model_dump(mode="json"),
                **dict.fromkeys(("read", "stored"), documents),
                **dict.fromkeys(("duplicate", "rejected"), 0),
                created_at=now(),
                ingested_at=now(),
            )
            .returning(Run.id)
        ).scalar_one()
        for step, into, columns in (
            (
                1,
                "document_versions (id, source, identity, text_hash, text, metadata, stored_at)",
                f"place + 1, '{name}', CAST(place AS text), '0', 'It was late.', {nothing}, "
                "CURRENT_TIMESTAMP",
            ),
            (1, "run_documents (run_id, position, document_id)", f"{run}, place, place + 1"),
            (
                job_size,
                "jobs (run_id, analysis, first_position, end_position, state, attempts, fence,"
                " failed)",
                f"{run}, 'sentiment', place, CASE WHEN place + {job_size} > {documents} "
                f"THEN {documents} ELSE place + {job_size} END, 'pending', 0, 0, 0",
            ),
        ):
            places = _PLACES.format(step=step, documents=documents)
            connection.execute(text(f"INSERT INTO {into} {places} SELECT {columns} FROM places"))
    return int(run)
