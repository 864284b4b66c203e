"""Triggers that write down of which blocks of documents the rollups are no longer true.

A trigger sees every way in which something changes, and commits with it. On PostgreSQL there is one
row a statement and block, added and never updated, so that nobody waits; on SQLite, whose writers
take turns anyway, a block is written down once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, inspect

from schema.results import RESULT_TABLES
from schema.views.rollup import BLOCK

_TABLES = tuple(str(table.__tablename__) for table in RESULT_TABLES)  # type: ignore[attr-defined]
#: What is counted, by table, with the column that has the document's id.
_COUNTED = {"document_versions": "id", **dict.fromkeys(_TABLES, "document_id")}
_EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
_PREFERRED = "(NEW.preferred_at IS NULL) <> (OLD.preferred_at IS NULL)"


def create_triggers(connection: Connection) -> None:
    """Make all triggers, which must not be there, and write down that no rollup is true yet."""
    # A table of results whose migration is being written is not there yet.
    there = set(inspect(connection).get_table_names())
    counted = {table: column for table, column in _COUNTED.items() if table in there}
    is_postgres = connection.dialect.name == "postgresql"
    for statement in _postgres(counted) if is_postgres else _sqlite(counted):
        connection.exec_driver_sql(statement)
    mark_all(connection)


def mark_all(connection: Connection) -> None:
    """Write down that no rollup is true any more."""
    connection.exec_driver_sql("DELETE FROM rollup_stale")
    connection.exec_driver_sql(
        f"INSERT INTO rollup_stale (block) SELECT DISTINCT id / {BLOCK} FROM document_versions"
    )


def drop_triggers(connection: Connection) -> None:
    """Take all triggers away, if they are there."""
    if connection.dialect.name == "postgresql":
        for name in ("id", "document_id", "run"):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS rollup_mark_{name}() CASCADE")
        return
    for table, event in _events(_COUNTED):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS rollup_{table}_{event.lower()}")
    connection.exec_driver_sql("DROP TRIGGER IF EXISTS rollup_runs_update")


def _events(tables: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((table, event) for table in tables for event in _EVENTS)


def _of_run(counted: Mapping[str, str]) -> str:
    """Blocks of which a run has results: those of another may count, or not, from now on."""
    tables = [table for table, column in counted.items() if column == "document_id"]
    return " UNION ".join(
        f"SELECT document_id / {BLOCK} FROM {table} WHERE run_id = NEW.id" for table in tables
    )


def _sqlite(counted: Mapping[str, str]) -> Iterator[str]:
    for table, event in _events(counted):
        block = f"{_EVENTS[event]}.{counted[table]} / {BLOCK}"
        yield (
            f"CREATE TRIGGER rollup_{table}_{event.lower()} AFTER {event} ON {table} "
            f"WHEN NOT EXISTS (SELECT 1 FROM rollup_stale WHERE block = {block}) "
            f"BEGIN INSERT INTO rollup_stale (block) VALUES ({block}); END"
        )
    yield (
        f"CREATE TRIGGER rollup_runs_update AFTER UPDATE OF preferred_at ON runs WHEN {_PREFERRED} "
        f"BEGIN INSERT INTO rollup_stale (block) {_of_run(counted)}; END"
    )


def _postgres(counted: Mapping[str, str]) -> Iterator[str]:
    for column in ("id", "document_id"):
        marked = f"SELECT DISTINCT {column} / {BLOCK} FROM changed"
        yield _function(column, f"INSERT INTO rollup_stale (block) {marked};")
    yield _function("run", f"INSERT INTO rollup_stale (block) {_of_run(counted)};")
    for table, event in _events(counted):
        yield (
            f"CREATE TRIGGER rollup_{table}_{event.lower()} AFTER {event} ON {table} "
            f"REFERENCING {_EVENTS[event]} TABLE AS changed FOR EACH STATEMENT "
            f"EXECUTE FUNCTION rollup_mark_{counted[table]}()"
        )
    yield (
        "CREATE TRIGGER rollup_runs_update AFTER UPDATE OF preferred_at ON runs FOR EACH ROW "
        f"WHEN ({_PREFERRED}) EXECUTE FUNCTION rollup_mark_run()"
    )


def _function(name: str, does: str) -> str:
    return (
        f"CREATE FUNCTION rollup_mark_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {does} RETURN NULL; END $$"
    )
