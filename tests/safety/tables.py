"""Tables: what is in them, and one that takes no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, MetaData, select, text, update

from schema.database import reading, writing
from schema.tables import Run


@contextmanager
def refused(engine: Engine, table: str) -> Iterator[None]:
    """PostgreSQL refuses every new row of a table, and quotes it in its error."""
    change = f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK (false) NOT VALID"
    for statement in (change, f"ALTER TABLE {table} DROP CONSTRAINT refused"):
        with writing(engine) as connection:
            connection.execute(text(statement))
        if statement is change:
            yield


def mend_options(engine: Engine, run_id: int) -> None:
    """Give a run the options that it has by default."""
    with writing(engine) as connection:
        connection.execute(update(Run).where(Run.id == run_id).values(options={}))


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    metadata = MetaData()
    metadata.reflect(engine)
    with reading(engine) as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
        }
