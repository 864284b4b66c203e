"""What all requests of the served page have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from sqlalchemy import Engine, event

from producer.searching import Ask
from producer.serve.facts.facts import read_facts
from producer.serve.facts.page_cache import WAIT, PageCache
from producer.serve.facts.version import DataVersion, read_version
from schema.access.sessions import Lifetime
from schema.database import open_engine, reading
from schema.settings import Settings

#: Passwords that are hashed at once: each takes 64 MiB.
HASHED_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Serve:
    """What a server has.

    Attributes:
        reader: The database, to read with: its connections cannot write.
        writer: The same, for logins, the audit and corrections.
        pages: Facts of pages.
        lifetime: Of logins.
        home: TRIAGE_HOME, where searches keep what makes them quick.
        ask: Asks for what is nearest by meaning.
        hashing: Who hashes a password holds it.
    """

    reader: Engine
    writer: Engine
    pages: PageCache
    lifetime: Lifetime
    home: Path
    ask: Ask | None
    hashing: BoundedSemaphore


def open_serve(config: Settings, ask: Ask | None = None, wait: float = WAIT) -> Serve:
    """Open what a server has; the database has been checked.

    Args:
        config: The settings.
        ask: As of `Serve`.
        wait: Seconds that a request waits for facts.
    """
    reader, writer = open_reader(config.database), open_engine(config.database)

    def version() -> DataVersion:
        with reading(reader) as connection:
            return read_version(connection)

    pages = PageCache(lambda filters: read_facts(reader, filters), version, wait)
    lifetime = Lifetime(config.serve_idle, config.serve_longest)
    hashing = BoundedSemaphore(HASHED_AT_ONCE)
    return Serve(reader, writer, pages, lifetime, config.home, ask, hashing)


def open_reader(url: str) -> Engine:
    """The database with connections that cannot write, whatever is asked of them."""
    engine = open_engine(url)

    @event.listens_for(engine, "connect")
    def only_read(connection: object, _record: object) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA query_only = ON").close()  # type: ignore[attr-defined]
        else:
            connection.read_only = True  # type: ignore[attr-defined]

    return engine
