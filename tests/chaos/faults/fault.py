"""A fault: its name, how often it strikes, and what it does to a stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.chaos.node import Node
from tests.chaos.stage import Stage

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Struck:
    """What a fault has hit.

    Attributes:
        target: In words.
        run: A run that recovery includes, if it does not take long.
    """

    target: str
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault.

    Attributes:
        name: In the log.
        strike: Does it to a stage, for as long as it lasts; draws all that is random in it from
            the given generator. When it returns, whatever a supervisor would start again is
            started again, and the stage has to recover by itself.
        weight: How often it comes, compared with the others.
        databases: Where it can happen.
        loses_messages: Whether recovery includes the jobs whose messages were in Redis.
    """

    name: str
    strike: Callable[[Stage, Random], Struck]
    weight: float = 1.0
    databases: tuple[str, ...] = DATABASES
    loses_messages: bool = False


def pick_node(stage: Stage, chance: Random) -> Node:
    """One of the nodes."""
    return stage.nodes[chance.randrange(len(stage.nodes))]
