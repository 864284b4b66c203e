"""Limits of servers: a full disk, no writes, no connections; each for longer than a lease."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import psycopg

from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.stage import Stage
from tests.hosts.stage import LimitedStage
from tests.support.waiting import wait_until

#: Seconds that a node gets to say why it waits.
PATIENCE = 120.0
#: A file that takes all room that is left.
BALLAST = "ballast"
#: Bytes that are written to it at once.
BLOCK = 1 << 20

Lasting = Callable[[LimitedStage], AbstractContextManager[None]]


def limits(seconds: float) -> list[tuple[Fault, Random]]:
    """The scenario: each lasts so many seconds, and a node has to say why in these words."""
    kinds: tuple[tuple[str, Lasting, str], ...] = (
        ("PostgreSQL takes no writes", _read_only, "the database takes no writes"),
        ("a database takes no writes", _read_only_database, "the database takes no writes"),
        ("no connections are left", _no_connections, "PostgreSQL has no connection left"),
        ("a role has no connections left", _connection_limit, "PostgreSQL has no connection left"),
        ("the disk of PostgreSQL is full", _full_postgres, "the disk of the database is full"),
        ("the disk of Redis is full", _full_redis, "Redis refuses (MISCONF)"),
    )
    return [
        (Fault(name, _lasting(seconds, lasting, words)), Random(name))
        for name, lasting, words in kinds
    ]


def _lasting(seconds: float, lasting: Lasting, words: str) -> Callable[[Stage, Random], Struck]:
    def strike(stage: Stage, _chance: Random) -> Struck:
        assert isinstance(stage, LimitedStage)
        before = {node.name: node.log.stat().st_size for node in stage.nodes}

        def said() -> str | None:
            for node in stage.nodes:
                new = node.log.read_bytes()[before[node.name] :].decode(errors="replace")
                found = [line for line in new.splitlines() if words in line]
                if found:
                    return found[0].split("] ", 1)[-1]
            return None

        with lasting(stage):
            line = wait_until(said, PATIENCE, f"a node says: {words}")
            stage.pass_time(seconds)
        return Struck(f"“{line}”")

    return strike


@contextlib.contextmanager
def _read_only(stage: LimitedStage) -> Iterator[None]:
    """As providers do it when a disk is nearly full: for sessions that there are, too."""
    stage.postgres.execute("ALTER SYSTEM SET default_transaction_read_only = on")
    stage.postgres.execute("SELECT pg_reload_conf()")
    yield
    stage.postgres.execute("ALTER SYSTEM RESET default_transaction_read_only")
    stage.postgres.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def _read_only_database(stage: LimitedStage) -> Iterator[None]:
    """By a setting that a session takes when it begins, and keeps when it is taken back."""
    stage.postgres.execute("ALTER DATABASE triage SET default_transaction_read_only = on")
    stage.postgres.cut_connections()
    yield
    stage.postgres.execute("ALTER DATABASE triage RESET default_transaction_read_only")


@contextlib.contextmanager
def _no_connections(stage: LimitedStage) -> Iterator[None]:
    """Others take all there are; those reserved for administrators are left."""
    stage.postgres.cut_connections()
    with contextlib.ExitStack() as held:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                held.enter_context(psycopg.connect(stage.database.url, connect_timeout=5))
        yield


@contextlib.contextmanager
def _connection_limit(stage: LimitedStage) -> Iterator[None]:
    stage.postgres.execute(f"ALTER ROLE {stage.ROLE} CONNECTION LIMIT 0")
    stage.postgres.cut_connections()
    yield
    stage.postgres.execute(f"ALTER ROLE {stage.ROLE} CONNECTION LIMIT -1")


@contextlib.contextmanager
def _full_postgres(stage: LimitedStage) -> Iterator[None]:
    with _full(stage.postgres_disk):
        yield
    # It ends where it cannot write its log, and whoever runs it starts it again.
    stage.postgres.start()


@contextlib.contextmanager
def _full_redis(stage: LimitedStage) -> Iterator[None]:
    with _full(stage.redis_disk):
        yield


@contextlib.contextmanager
def _full(disk: Path) -> Iterator[None]:
    ballast = disk / BALLAST
    block = BLOCK
    with ballast.open("wb", buffering=0) as file:
        while block:
            try:
                file.write(bytes(block))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                block //= 16
    try:
        yield
    finally:
        ballast.unlink()
