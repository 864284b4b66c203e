"""All kinds of faults, and the plan that a seed makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.chaos.faults import (
    broker,
    crowds,
    documents,
    ledger_database,
    messages,
    processes,
    reapers,
    refusals,
)
from tests.chaos.faults.fault import Fault, Struck

FAULTS: tuple[Fault, ...] = (
    *processes.FAULTS,
    *broker.FAULTS,
    *refusals.FAULTS,
    *ledger_database.FAULTS,
    *messages.FAULTS,
    *documents.FAULTS,
    *crowds.FAULTS,
    *reapers.FAULTS,
)


def plan(
    seed: str, database: str, count: int, only: Sequence[str] = ()
) -> list[tuple[Fault, Random]]:
    """The faults of a seed in order, each with the generator for all that is random in it.

    Each kind comes once, in any order; then any kind by its weight. With `only`, no other kinds
    than these come.
    """
    chance = Random(f"{seed}/faults")
    kinds = [
        fault
        for fault in FAULTS
        if database in fault.databases and (not only or fault.name in only)
    ]
    order = chance.sample(kinds, len(kinds))
    order += chance.choices(kinds, [kind.weight for kind in kinds], k=max(0, count - len(kinds)))
    return [(fault, Random(f"{seed}/fault/{n}")) for n, fault in enumerate(order[:count], 1)]


__all__ = ["FAULTS", "Fault", "Struck", "plan"]
