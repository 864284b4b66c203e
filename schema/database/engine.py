"""Opening the database, and its two kinds of transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import (
    SQLAlchemyError,
)

from schema.database.errors import (
    READ_ONLY,
    DatabaseError,
    UnreachableError,
    describe,
    first_line,
)
from schema.database.reasons import NO_ANSWER, known_reason_of
from schema.private_files import make_private_file, make_private_folder, tighten

#: Milliseconds that a SQLite writer waits for another one before it says "database is locked".
SQLITE_PATIENCE = 60_000


def open_engine(
    url: str, idle_timeout: float | None = None, lock_timeout: float | None = None
) -> Engine:
    """An engine on SQLite or PostgreSQL with the settings that the ledger counts on.

    Args:
        url: SQLAlchemy URL. `postgresql://` means psycopg 3.
        idle_timeout: Seconds after which PostgreSQL ends a transaction in which nothing happens, so
            that a process that was stopped in the middle of one does not hold its locks for ever.
        lock_timeout: Seconds that PostgreSQL lets a statement wait for a lock before it fails.

    Raises:
        DatabaseError: If the driver is not installed, or there is no folder for the database.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    # Statements are short, or a scan whose time is not in expressions: to compile either takes
    # longer than to run it.
    options = ["-c timezone=UTC", "-c jit=off"]
    timeouts = {"idle_in_transaction_session_timeout": idle_timeout, "lock_timeout": lock_timeout}
    for name, seconds in timeouts.items():
        if seconds is not None:
            options.append(f"-c {name}={round(seconds * 1000)}")
    try:
        engine = create_engine(
            parsed,
            # A day in a report must not depend on where the analyst sits.
            connect_args={
                "options": " ".join(options),
                "application_name": "triage",
                # A server that vanished without a word is noticed within a lease.
                "connect_timeout": 10,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 2,
                "tcp_user_timeout": 20_000,
            },
            pool_pre_ping=True,
            # An error that quotes its statement must not quote what a customer wrote.
            hide_parameters=True,
        )
    except ModuleNotFoundError:
        raise DatabaseError(
            "PostgreSQL needs its driver: pip install '.[postgres]' in the project's folder"
        ) from None
    event.listen(engine, "handle_error", _leave_read_only)
    return engine


def _leave_read_only(context: ExceptionContext) -> None:
    """Give up the sessions of a server that takes no writes: a session stays read-only when the
    setting of its database or role is taken back, and after a failover another server does.
    """
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def _open_sqlite(url: URL) -> Engine:
    file = _sqlite_file(url)
    if file is not None:
        try:
            make_private_folder(file.parent)
        except OSError as error:
            raise DatabaseError(
                f"cannot make the folder {file.parent} ({error.strerror}); name another one in "
                "TRIAGE_HOME or TRIAGE_DATABASE_URL"
            ) from None
        # SQLite gives its log and its index the permissions that the database has.
        for ending in ("", "-wal", "-shm", "-journal"):
            tighten(file.with_name(file.name + ending))
    engine = create_engine(
        url, connect_args={"timeout": SQLITE_PATIENCE / 1000}, hide_parameters=True
    )

    @event.listens_for(engine, "do_connect")
    def create(_dialect: Any, _record: Any, _arguments: Any, _options: Any) -> None:
        if file is not None and url.query.get("mode", "rwc") == "rwc":
            # Where we cannot, SQLite says why; where links cannot be made, it is quicker.
            with suppress(OSError):
                make_private_file(file)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late for a claim; ours comes from `begin` below.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            f"busy_timeout = {SQLITE_PATIENCE}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later would fail at once, without waiting,
        # when another has written in between: so writers take their lock at the start.
        reading = connection.get_execution_options().get("triage_read_only", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database, None of one in memory."""
    name = url.database or ":memory:"
    if name.startswith("file:") and "uri" in url.query:
        name = unquote(urlsplit(name).path)
    return None if name == ":memory:" or url.query.get("mode") == "memory" else Path(name)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with; on SQLite it holds up no writer."""
    with engine.connect().execution_options(triage_read_only=True) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that commits at the end of the block, and rolls back on an exception."""
    with engine.begin() as connection:
        yield connection


def reachable(engine: Engine) -> None:
    """Make sure that the database answers.

    Raises:
        UnreachableError: Names the database and the setting.
    """
    try:
        with reading(engine):
            pass
    except SQLAlchemyError as error:
        reason = known_reason_of(error) or f"{first_line(error)}; {NO_ANSWER.partition('; ')[2]}"
        raise UnreachableError(
            f"cannot open the database {describe(str(engine.url))}: {reason}"
        ) from None
