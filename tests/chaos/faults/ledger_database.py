"""Faults of the database: stopped and started, cut off, locked."""

from __future__ import annotations

import signal
from random import Random

from tests.chaos.databases import Postgres, Sqlite
from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.stage import Stage

#: In PostgreSQL's words: fast, immediate, and none at all.
_WAYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)


def restart_postgres(stage: Stage, chance: Random) -> Struck:
    """The server is stopped, or killed, and comes back on the same data and port."""
    assert isinstance(stage.database, Postgres)
    how, seconds = chance.choice(_WAYS), chance.choice((0.0, 2.0, 8.0))
    stage.database.halt(how)
    stage.pass_time(seconds)
    stage.database.start()
    return Struck(f"{how.name}, away for {seconds:g} s")


def cut_connections(stage: Stage, chance: Random) -> Struck:
    """The server ends all sessions, in the middle of whatever they do."""
    assert isinstance(stage.database, Postgres)
    return Struck(f"{stage.database.cut_connections()} sessions")


def lock_sqlite(stage: Stage, chance: Random) -> Struck:
    """Another process holds the lock for writing, past everybody's lease."""
    assert isinstance(stage.database, Sqlite)
    seconds = chance.choice((2.0, 6.0, 9.0))
    holder = stage.database.lock()
    stage.pass_time(seconds)
    holder.communicate()
    return Struck(f"for {seconds:g} s")


def kill_lock_holder(stage: Stage, chance: Random) -> Struck:
    """Another process that holds the lock is killed in the middle of its transaction."""
    assert isinstance(stage.database, Sqlite)
    seconds = chance.uniform(0, 2)
    holder = stage.database.lock()
    stage.pass_time(seconds)
    holder.kill()
    holder.communicate()
    return Struck(f"after {seconds:.1f} s")


FAULTS = (
    Fault("PostgreSQL stopped and started", restart_postgres, 5, ("postgresql",)),
    Fault("sessions of PostgreSQL cut", cut_connections, 5, ("postgresql",)),
    Fault("SQLite locked", lock_sqlite, 5, ("sqlite",)),
    Fault("SQLite's lock holder killed", kill_lock_holder, 5, ("sqlite",)),
)
