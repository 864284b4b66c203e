"""A storm: PostgreSQL is restarted, or its sessions are cut, again and again under load."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from random import Random
from statistics import median

from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.faults.ledger_database import cut_connections, restart_postgres
from tests.chaos.ledger import take_snapshot
from tests.chaos.stage import Stage

#: Seconds between two faults at the least.
SHORTEST = 5.0
#: Seconds between two looks at the ledger.
POLL_INTERVAL = 0.1

_FAULTS = (
    Fault("restarts", restart_postgres),
    Fault("cuts of all sessions", cut_connections),
)


def storm(minutes: float, longest: float) -> list[tuple[Fault, Random]]:
    """The scenario: some minutes of faults, 5 to `longest` seconds one after the other, whether
    or not the work goes on between them.
    """
    return [(Fault("a storm", _for(minutes, longest)), Random("a storm"))]


def _for(minutes: float, longest: float) -> Callable[[Stage, Random], Struck]:
    def strike(stage: Stage, chance: Random) -> Struck:
        end = time.monotonic() + 60 * minutes
        kinds: Counter[str] = Counter()
        waits = Waits(stage)
        while time.monotonic() < end and not stage.over.is_set():
            waits.look_for(chance.uniform(SHORTEST, longest))
            fault = chance.choice(_FAULTS)
            fault.strike(stage, chance)
            kinds[fault.name] += 1
            waits.begin()
        waits.look_for(longest)
        counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        return Struck(f"{counts}; {waits}")

    return strike


class Waits:
    """How long it takes until a job is done after each fault; a fault that comes before one is
    done makes the same wait longer.

    Args:
        stage: Whose jobs.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._began: float | None = None
        self._closed = 0
        self.seconds: list[float] = []

    def begin(self) -> None:
        """Begin a wait, unless one goes on: the database is back, or its sessions are cut."""
        if self._began is None:
            self._closed = self._stage.ask_until(take_snapshot, "the ledger can be read").closed
            self._began = time.monotonic()

    def look_for(self, seconds: float) -> None:
        """Pass so many seconds, and note whether a job is done meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._stage.pass_time(min(left, POLL_INTERVAL))
            if self._began is None:
                continue
            snapshot = self._stage.ask(take_snapshot)
            if snapshot is not None and snapshot.closed > self._closed:
                self.seconds.append(time.monotonic() - self._began)
                self._began = None

    def __str__(self) -> str:
        if not self.seconds:
            return "no job was done between them"
        return (
            f"a job done {median(self.seconds):.1f} s (median), {max(self.seconds):.1f} s (worst) "
            "after"
        )
