"""The database's clock as SQL expressions, for both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from schema.database.types import UtcDateTime

#: As SQLAlchemy itself writes a moment on SQLite, to the millisecond.
_SQLITE_FORMAT = "%Y-%m-%d %H:%M:%f"


class _After(GenericFunction[datetime]):
    """The database's time, some seconds from now."""

    type = UtcDateTime()
    inherit_cache = True


class _SecondsSince(GenericFunction[float]):
    """Seconds from a moment in a column until the database's time."""

    type = Float()
    inherit_cache = True


@compiles(_After, "postgresql")
def _after_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    # clock_timestamp moves on within a transaction; now() would stand still.
    return f"(clock_timestamp() + make_interval(secs => CAST({seconds} AS double precision)))"


@compiles(_After, "sqlite")
def _after_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('{_SQLITE_FORMAT}', 'now', {seconds} || ' seconds')"


@compiles(_SecondsSince, "postgresql")
def _seconds_since_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST(extract(epoch FROM clock_timestamp() - {moment}) AS double precision)"


@compiles(_SecondsSince, "sqlite")
def _seconds_since_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"((julianday('now') - julianday({moment})) * 86400.0)"


def now() -> ColumnElement[datetime]:
    """The database's time."""
    return after(0)


def after(seconds: float) -> ColumnElement[datetime]:
    """The database's time plus `seconds`; a moment in the past when negative."""
    return _After(literal(float(seconds), Float()))


def seconds_since(moment: Any) -> ColumnElement[float]:
    """Seconds from `moment`, a column, until now; null where the column is."""
    return _SecondsSince(moment)
