"""Reasons: why the database cannot be used, in words that an operator can act on.

What the driver says is never repeated: it may quote what a customer wrote.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import SQLAlchemyError

NO_ANSWER = "the database does not answer; check TRIAGE_DATABASE_URL and that its server runs"
DISK_FULL = "the disk of the database is full; make room there"
NO_CONNECTION = (
    "PostgreSQL has no connection left for us; raise max_connections, or the CONNECTION LIMIT of "
    "the role or database, or run fewer workers: each child takes about five"
)
READ_ONLY = (
    "the database takes no writes; name the primary in TRIAGE_DATABASE_URL, or end what made it "
    "read-only (default_transaction_read_only, a failover, a full disk)"
)
#: By SQLSTATE (PostgreSQL's manual, appendix A), …
BY_STATE = {
    "25006": READ_ONLY,
    "53100": DISK_FULL,
    "53200": "PostgreSQL is out of memory; see its log",
    "53300": NO_CONNECTION,
    "55P03": "somebody holds a lock on the database; see pg_stat_activity",
    "57P01": "PostgreSQL has ended our session; it restarts, or somebody has cut it off",
    "57P02": "PostgreSQL restarts after a crash; see its log",
    "57P03": "PostgreSQL is starting or stopping",
}
#: … by what a session that was never begun is told, of which libpq keeps no SQLSTATE, …
BY_WORDS = {
    "too many connections": NO_CONNECTION,
    "too many clients": NO_CONNECTION,
    "remaining connection slots": NO_CONNECTION,
    "No space left on device": DISK_FULL,
    "the database system is": BY_STATE["57P03"],
    "password authentication failed": (
        "PostgreSQL refuses the user or the password; correct TRIAGE_DATABASE_URL and start again"
    ),
    "Connection refused": NO_ANSWER,
    "timeout expired": NO_ANSWER,
}
#: … and by SQLite's code.
BY_SQLITE = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_READONLY: (
        "the file of the database cannot be written to; give this user the right to write to it "
        "and to its folder, or mount its disk for writing"
    ),
    sqlite3.SQLITE_BUSY: "somebody holds the lock of the SQLite file",
    sqlite3.SQLITE_CANTOPEN: "the file of the database cannot be opened; see TRIAGE_DATABASE_URL",
}
#: Of an extended code of SQLite, the bits of the code.
_PRIMARY = 0xFF


def reason_of(error: SQLAlchemyError) -> str:
    """Say why the database cannot be used, and what to do if that is known.

    Returns:
        Words that are fit for a log.
    """
    return known_reason_of(error) or f"the database failed ({type(error).__name__})"


def known_reason_of(error: SQLAlchemyError) -> str | None:
    """The same; None where it is not known what to do."""
    cause: BaseException = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return BY_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY)
    state = getattr(cause, "sqlstate", None)
    if state in BY_STATE:
        return BY_STATE[state]
    if state is None:
        said = str(cause)
        return next((reason for words, reason in BY_WORDS.items() if words in said), None)
    return None
