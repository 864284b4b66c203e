"""Prefer: the results of a run count, whatever runs came later; nothing is changed or deleted."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select, update

from schema.database import writing
from schema.database.clock import now
from schema.tables import Run


def prefer(engine: Engine, run_id: int) -> bool:
    """Let the results of a run count in all views and reports, where it has some: a document that
    it has none of keeps the newest it has. Of several preferred runs the newest counts.

    Returns:
        False when it was preferred already.
    """
    of_run = (Run.id == run_id, Run.preferred_at.is_(None))
    with writing(engine) as connection:
        return (
            connection.execute(update(Run).where(*of_run).values(preferred_at=now())).rowcount == 1
        )


def stop_preferring(engine: Engine, run_id: int) -> bool:
    """Let the newest results count again.

    Returns:
        False when the run was not preferred.
    """
    of_run = (Run.id == run_id, Run.preferred_at.is_not(None))
    with writing(engine) as connection:
        return (
            connection.execute(update(Run).where(*of_run).values(preferred_at=None)).rowcount == 1
        )


def preferred_runs(connection: Connection) -> list[str]:
    """The names of the runs that are preferred, in the order in which they count."""
    found = select(Run.name).where(Run.preferred_at.is_not(None)).order_by(Run.id.desc())
    return list(connection.execute(found).scalars())
