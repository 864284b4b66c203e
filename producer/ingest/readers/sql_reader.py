"""Rows of a SELECT on another database, through SQLAlchemy, streamed and read-only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from producer.ingest.errors import InputError
from producer.ingest.readers.encoding import KEEP_BROKEN, is_broken
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream, unique_names
from schema.database.errors import first_line
from schema.settings.database_url import parse_database_url

FETCH_ROWS = 1_000


def parse_sql(argument: str) -> tuple[URL, str]:
    """Split `sql:URL SELECT …` into the database and the statement.

    Raises:
        InputError: If it has another form.
    """
    where, _, select = argument.removeprefix("sql:").strip().partition(" ")
    form = "write 'sql:URL SELECT …', e.g. 'sql:sqlite:///shop.db SELECT * FROM reviews'"
    if select.split(maxsplit=1)[:1] == [] or select.split()[0].upper() not in ("SELECT", "WITH"):
        raise InputError(f"a sql: input needs a SELECT behind its URL: {form}")
    try:
        url = parse_database_url(where)
    except ValueError:
        raise InputError(f"a sql: input begins with a database URL: {form}") from None
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise InputError(f"the SQLite database {url.database} of a sql: input does not exist")
    return url, select.strip()


@contextmanager
def open_sql(name: str, url: URL, select: str) -> Iterator[RowStream]:
    """Run the statement; rows are numbered from 1.

    Raises:
        InputError: If the database or the statement fails.
    """
    with _failures(name):
        engine = _engine(url)
    options = {
        "stream_results": True,
        "max_row_buffer": FETCH_ROWS,
        # The statement is the user's own: a % or : in it is no placeholder of ours.
        "no_parameters": True,
    }
    try:
        with _failures(name):
            connection = engine.connect().execution_options(**options)
        with connection:
            with _failures(name):
                result = connection.exec_driver_sql(select)
                columns = unique_names(result.keys())
            yield RowStream(name, columns, _rows(name, columns, result), lambda: None)
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "").resolve()
        url = url.set(database=f"file:{path}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(url)

        @event.listens_for(engine, "connect")
        def keep_broken(connection: Any, _record: Any) -> None:
            connection.text_factory = lambda raw: raw.decode("utf-8", KEEP_BROKEN)

        return engine
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, json_deserializer=_json)
    if url.get_backend_name() == "postgresql":
        engine = engine.execution_options(postgresql_readonly=True)
    return engine


def _rows(name: str, columns: list[str], result: CursorResult[Any]) -> Iterator[Row | Reject]:
    with _failures(name):
        for number, values in enumerate(result, 1):
            fields = dict(zip(columns, values, strict=True))
            if any(isinstance(value, str) and is_broken(value) for value in values):
                yield Reject(name, number, "broken encoding: not UTF-8", fields)
            else:
                yield Row(number, fields)


def _json(written: str | bytes) -> Any:
    """A JSON column's value; as text where Python cannot hold it."""
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written if isinstance(written, str) else written.decode()


@contextmanager
def _failures(name: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise InputError(f"{name}: install its driver, the Python module {error.name}") from None
    except NoSuchModuleError as error:
        raise InputError(f"{name}: {error}") from None
    except SQLAlchemyError as error:
        raise InputError(f"{name} failed: {first_line(error)}") from None
