"""Small runs that come while a large one is computed: no fault, but all the others meet it."""

from __future__ import annotations

from random import Random

from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.stage import Stage

ANALYSES = ("sentiment", "entities")
SMALL_RUNS, SMALL = 3, 5


def crowd(stage: Stage, chance: Random) -> Struck:
    """A large run, whose last documents wait behind the first of others; then small ones."""
    large = stage.deliver(stage.new_name("large"), ANALYSES, stage.pool.many, chance)
    stage.ingest(large)
    small = [
        stage.deliver(
            stage.new_name("small"),
            ANALYSES,
            tuple(chance.sample(stage.pool.harmless, SMALL)),
            chance,
        )
        for _ in range(SMALL_RUNS)
    ]
    for delivery in small:
        stage.ingest(delivery)
    return Struck(
        f"{large.run} of {len(large.documents)} documents, then {SMALL_RUNS} of {SMALL}",
        small[-1].run,
    )


FAULTS = (Fault("small runs beside a large one", crowd, 2),)
