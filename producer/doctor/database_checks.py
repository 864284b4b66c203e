"""The database: whether it answers, at which revision, how it is set up, what time it has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from rich.filesize import decimal
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from producer.doctor.check import Check, fine, warning, wrong
from schema.database import DatabaseError, first_line, reading
from schema.database.clock import now
from schema.database.errors import describe
from schema.migrations.revision import check_revision, newest_revision

#: The oldest versions that have all that our statements use, as RETURNING.
OLDEST = {"sqlite": (3, 35), "postgresql": (13,)}
#: Seconds by which clocks may differ before somebody should know.
CLOCKS = 5.0
_SIZES = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
}
#: What answers one question, by kind of database, and what the answer has to be.
_ISOLATION = {
    "postgresql": ("SHOW default_transaction_isolation", "read committed"),
    "sqlite": ("PRAGMA journal_mode", "wal"),
}


def database_checks(engine: Engine) -> Iterator[Check]:
    """Check a database; of one that cannot be used only what is wrong with it."""
    where = describe(str(engine.url))
    try:
        check_revision(engine)
    except DatabaseError as error:
        yield wrong("database", str(error))
        return
    try:
        with reading(engine) as connection:
            yield _version(connection, where)
            yield fine("migrations", f"at revision {newest_revision()}, the newest")
            size = connection.execute(text(_SIZES[engine.dialect.name])).scalar_one()
            yield fine("database size", decimal(int(size)))
            yield _isolation(connection)
            if engine.dialect.name == "postgresql":
                yield _writable(connection)
            yield _clock(connection)
    except SQLAlchemyError as error:
        yield wrong("database", f"{where} broke off: {first_line(error)}; see its own log")


def _version(connection: Connection, where: str) -> Check:
    version = connection.dialect.server_version_info or ()
    oldest = OLDEST[connection.dialect.name]
    said = f"{where}, version {'.'.join(map(str, version))}"
    if version < oldest:
        needed = ".".join(map(str, oldest))
        return wrong("database", f"{said}; upgrade it: {needed} is the oldest that will do")
    return fine("database", said)


def _isolation(connection: Connection) -> Check:
    question, wanted = _ISOLATION[connection.dialect.name]
    found = str(connection.execute(text(question)).scalar_one())
    about = "isolation"
    if found == wanted:
        return fine(about, found)
    if connection.dialect.name == "sqlite":
        return wrong(
            about,
            f"journal_mode is {found}, not wal, so readers hold up writers; move the database to a "
            "local disk (not NFS)",
        )
    return wrong(
        about,
        f"default_transaction_isolation is {found}, so statements of the ledger fail; run: ALTER "
        "ROLE … SET default_transaction_isolation = 'read committed'",
    )


def _writable(connection: Connection) -> Check:
    standby = connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one()
    read_only = connection.execute(text("SHOW default_transaction_read_only")).scalar_one()
    if standby or read_only == "on":
        why = "is a standby" if standby else "has default_transaction_read_only = on"
        return wrong("database writes", f"the server {why}; name the primary, or turn that off")
    return fine("database writes", "allowed")


def _clock(connection: Connection) -> Check:
    began = time.time()
    theirs = connection.execute(select(now())).scalar_one()
    ours = datetime.fromtimestamp((began + time.time()) / 2, UTC)
    apart = abs((theirs - ours).total_seconds())
    if apart > CLOCKS:
        return warning(
            "clock",
            f"the database's clock is {apart:.0f} s from this machine's; leases go by the "
            "database's, but times in logs will not match: set up NTP on both",
        )
    return fine("clock", f"{apart:.1f} s from the database's")
