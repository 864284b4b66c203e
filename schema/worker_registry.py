"""Readiness: which workers there are, and whether they can work. Theirs to tell, in `workers`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, case, delete, insert, null, select, update

from schema.database import reading, writing
from schema.database.clock import after, now, seconds_since
from schema.ledger.lose import end_leases
from schema.process import Process
from schema.results import Failure
from schema.status.workers import ModelInMemory, Throughput
from schema.tables import Worker, WorkerState

#: … and after which it is struck off: whoever lives is seen again when the database is back.
FORGOTTEN_AFTER = 24 * 3600.0


class NameTakenError(RuntimeError):
    """Another worker of this name runs on this machine. One sentence, with the fix."""


def register(
    engine: Engine, name: str, process: Process, analyses: Sequence[str], death: Failure
) -> int:
    """A worker begins to load its models. If a dead one had its name, its leases end now.

    Args:
        engine: The database.
        name: Of the worker.
        process: Its process.
        analyses: That it will take.
        death: What is known of the end of the one before.

    Returns:
        The jobs of the one before that the reaper may free.

    Raises:
        NameTakenError: If the one before is alive.
    """
    row = {
        "machine": process.machine,
        "pid": process.pid,
        "process_started": process.started,
        "analyses": list(analyses),
        "state": WorkerState.LOADING,
        "reason": None,
        "since": now(),
        "next_try_at": None,
        "seen_at": now(),
        **asdict(Throughput()),
        "models": null(),
        "load_seconds": None,
        "device": None,
    }
    find = select(Worker.machine, Worker.pid, Worker.process_started).where(Worker.name == name)
    with writing(engine) as connection:
        found = connection.execute(find.with_for_update()).one_or_none()
        if found is None:
            connection.execute(insert(Worker).values(name=name, **row))
            return 0
        before = Process(*found)
        # On another machine nobody can tell whether it lives: its leases will.
        here = before.machine == process.machine and before != process
        if here and before.alive:
            raise NameTakenError(
                f"a worker named {name} runs already (process {before.pid}); give another --name"
            )
        held = end_leases(connection, name, before, death) if here else 0
        connection.execute(update(Worker).where(Worker.name == name).values(**row))
    return held


def ready(
    engine: Engine,
    name: str,
    models: Sequence[ModelInMemory] | None = None,
    device: str | None = None,
) -> None:
    """The worker takes jobs.

    Args:
        engine: The database.
        name: The worker.
        models: What it has in memory; None for what it said before.
        device: Where it computes; likewise.
    """
    loads = Worker.state == WorkerState.LOADING
    taken = case((loads, seconds_since(Worker.since)), else_=Worker.load_seconds)
    said = _in_memory(models) | {"load_seconds": taken}
    if device is not None:
        said["device"] = device
    _say(engine, name, state=WorkerState.READY, reason=None, next_try_at=None, **said)


def _in_memory(models: Sequence[ModelInMemory] | None) -> dict[str, Any]:
    return {} if models is None else {"models": [asdict(model) for model in models]}


def not_ready(engine: Engine, name: str, reason: str, seconds: float | None) -> None:
    """The worker takes no jobs.

    Args:
        engine: The database.
        name: The worker.
        reason: A sentence that quotes no document.
        seconds: Until it tries again, or None.
    """
    next_try = None if seconds is None else after(seconds)
    _say(engine, name, state=WorkerState.NOT_READY, reason=reason, next_try_at=next_try)


def report(
    engine: Engine,
    name: str,
    throughput: Throughput,
    models: Sequence[ModelInMemory] | None = None,
) -> None:
    """The worker says how quick it is, and which models it has in memory, as in `ready`."""
    said = asdict(throughput) | _in_memory(models)
    with writing(engine) as connection:
        connection.execute(update(Worker).where(Worker.name == name).values(**said, seen_at=now()))


def _say(engine: Engine, name: str, **values: Any) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(Worker).where(Worker.name == name).values(since=now(), seen_at=now(), **values)
        )


def workers_on(engine: Engine, machine: str) -> dict[str, Process]:
    """The workers of a machine, by name."""
    columns = (Worker.name, Worker.machine, Worker.pid, Worker.process_started)
    with reading(engine) as connection:
        found = connection.execute(select(*columns).where(Worker.machine == machine)).all()
    return {row.name: Process(row.machine, row.pid, row.process_started) for row in found}


def seen(engine: Engine, alive: dict[str, Process], gone: dict[str, Process]) -> None:
    """A look at the processes of a machine: note who lives, and strike who does not off the list.

    A worker that ended because it could not work stays for a while, with its reason.
    """

    def row(name: str, process: Process) -> tuple[Any, ...]:
        return (Worker.name == name, Worker.pid == process.pid)

    with writing(engine) as connection:
        # All in one order: other nodes of the machine do the same at the same time.
        for name, process in sorted((alive | gone).items()):
            this = row(name, process)
            if name in alive:
                connection.execute(update(Worker).where(*this).values(seen_at=now()))
            else:
                works = Worker.state != WorkerState.NOT_READY
                connection.execute(delete(Worker).where(*this, works))
        connection.execute(delete(Worker).where(Worker.seen_at < after(-FORGOTTEN_AFTER)))
