"""Faults of documents: runs with a planted one among harmless ones."""

from __future__ import annotations

from random import Random

from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.sabotage import CROWDING, POISON, SEGFAULT, TOO_LARGE
from tests.chaos.stage import Stage

#: Harmless documents around a planted one: together 16 jobs of four.
NEIGHBOURS = 63


def _plant(stage: Stage, chance: Random, harm: str) -> Struck:
    kinds = [kind for kind in stage.pool.planted if kind[0] == harm]
    planted = stage.pool.planted[chance.choice(kinds)]
    neighbours = chance.sample(stage.pool.harmless, NEIGHBOURS)
    name = stage.new_name(harm)
    delivery = stage.deliver(name, (planted.analysis,), (planted, *neighbours), chance)
    stage.ingest(delivery)
    return Struck(f"{name}, {planted.analysis}", name)


def plant_poison(stage: Stage, chance: Random) -> Struck:
    """One document that the model raises on."""
    return _plant(stage, chance, POISON)


def plant_crowding(stage: Stage, chance: Random) -> Struck:
    """One document that lets the memory run out unless few others are with it."""
    return _plant(stage, chance, CROWDING)


def plant_too_large(stage: Stage, chance: Random) -> Struck:
    """One document that does not fit the memory even alone."""
    return _plant(stage, chance, TOO_LARGE)


def plant_segfault(stage: Stage, chance: Random) -> Struck:
    """One document that ends every process that reads it. It takes its time to be cornered, under
    the faults that follow; the comparison at the end looks at what has become of it.
    """
    return Struck(_plant(stage, chance, SEGFAULT).target)


FAULTS = (
    Fault("poison document", plant_poison, 3),
    Fault("out of memory in a batch", plant_crowding, 2),
    Fault("out of memory alone", plant_too_large, 1.5),
    Fault("segfaulting document", plant_segfault, 0.4),
)
