"""Builds the made-up database: a dozen statements, with indexes made when the rows are there."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, insert, text

from benchmarks.reports import contents
from schema.database.clock import now
from schema.options import RunOptions
from schema.tables import Model, Run, RunState
from schema.themes.weeks import count_weeks
from schema.views.triggers import create_triggers, drop_triggers

ANALYSES = ("language", "sentiment", "entities", "qa", "summary", "translation")
_WORDS = "parcel app refund was late broken love hate price box great zip lid came twice again my "
_WORDS += "never order the it works and still after two weeks support did not answer very happy"


def build(engine: Engine, rows: int) -> float:
    """Fill an empty, migrated database, its rollups not yet worked out; returns the seconds."""
    began = time.monotonic()
    with _unchecked(engine) as connection, _without_indexes(connection):
        _make_runs(connection, rows)
        _make_draws(connection, rows)
        known = {"rows": rows, **_written(engine.dialect.name)}
        _execute(connection, contents.DOCUMENTS.format(**known))
        _execute(connection, f"CREATE TEMP TABLE read AS {contents.READ.format(**known)}")
        _execute(connection, contents.POSITIONS)
        for statement in contents.RESULTS.values():
            _execute(connection, statement.format(**known))
        for statement in contents.THEMES:
            _execute(connection, statement)
        _execute(connection, contents.JOBS)
        _execute(
            connection,
            "UPDATE runs SET stored = (SELECT COUNT(*) FROM run_documents "
            "WHERE run_id = runs.id), read = (SELECT COUNT(*) FROM run_documents "
            "WHERE run_id = runs.id)",
        )
    statement = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    count_weeks(engine, 1)
    return time.monotonic() - began


def _written(dialect: str) -> dict[str, str]:
    """What the two databases write differently; times lie within a year."""
    hours = "(d.p * 8760 / 1000003)"
    if dialect == "postgresql":
        moment = f"TIMESTAMPTZ '2026-01-01 00:00:00+00' + {hours} * INTERVAL '1 hour'"
        metadata = "jsonb_build_object('plan', 'plan ' || d.p % 3, 'resolved', d.q % 9 = 0)"
        return {"moment": moment, "metadata": metadata}
    moment = f"strftime('%Y-%m-%d %H:%M:%S.000000', '2026-01-01', {hours} || ' hours')"
    metadata = "json_object('plan', 'plan ' || (d.p % 3), 'resolved', json(CASE WHEN d.q % 9 = 0 "
    return {"moment": moment, "metadata": metadata + "THEN 'true' ELSE 'false' END))"}


def _execute(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(
        statement.replace("%", "%%") if _is_postgres(connection) else statement
    )


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _make_runs(connection: Connection, rows: int) -> None:
    for number in range(4):
        values = {"name": f"run {number + 1}", "state": RunState.INGESTED, "created_at": now()}
        values |= {"analyses": list(ANALYSES), "options": RunOptions().model_dump(mode="json")}
        counts = {"read": rows, "stored": rows, "duplicate": 0, "rejected": 0}
        connection.execute(insert(Run).values(values | counts))
        for analysis in ANALYSES:
            model = {"analysis": analysis, "name": f"a model for {analysis}", "revision": "1"}
            connection.execute(insert(Model).values(model | {"run_id": number + 1, "options": {}}))


def _make_draws(connection: Connection, rows: int) -> None:
    chance = random.Random(7)
    words = _WORDS.split()
    _execute(connection, "CREATE TEMP TABLE sentences (number INTEGER PRIMARY KEY, text TEXT)")
    sentences = [
        {"number": number, "text": " ".join(chance.choices(words, k=chance.randint(5, 30)))}
        for number in range(contents.SENTENCES)
    ]
    connection.execute(text("INSERT INTO sentences VALUES (:number, :text)"), sentences)
    most = rows + rows // contents.CHANGED
    numbers = f"(SELECT generate_series(1, CAST({most} AS bigint)) AS i) AS n"
    if not _is_postgres(connection):
        numbers = (
            f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"
        )
        numbers += " SELECT i FROM n) AS n"
    _execute(connection, f"CREATE TEMP TABLE draws AS {contents.DRAWS.format(numbers=numbers)}")


@contextmanager
def _unchecked(engine: Engine) -> Iterator[Connection]:
    """A transaction in which no foreign key is checked and no trigger fires."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # By the driver, since it does nothing in a transaction.
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA synchronous = OFF")
        with connection.begin():
            drop_triggers(connection)
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
            yield connection
            create_triggers(connection)
        connection.invalidate()


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Take away what each row would be checked against, and put it back: indexes that are no
    constraints, and foreign keys.
    """
    if _is_postgres(connection):
        find = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname "
            "LIKE 'ix_%'"
        )
    else:
        find = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix_%'"
    found = connection.execute(text(find)).all()
    for name, _ in found:
        connection.execute(text(f"DROP INDEX {name}"))
    yield
    for _, statement in found:
        connection.exec_driver_sql(statement)
