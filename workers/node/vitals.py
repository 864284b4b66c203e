"""Vital signs: what a node's parent knows of itself, from its event loop to its pulse.

The loop notes that it goes round, and whether a child is up; maintenance, another thread, writes
both down with its own. So whichever of them stands still, the pulse shows it.
"""

from __future__ import annotations

import contextlib
import logging
import time
from typing import Any

from celery import Celery, bootsteps

from schema.settings import settings
from workers.node.pulse import BEAT, Pulse, pulse_path, sweep

logger = logging.getLogger(__name__)


class Vitals:
    """Collects the signs of life of this process; without a node it writes nothing."""

    def __init__(self) -> None:
        self._node: str | None = None
        self._loop: float | None = None
        self._childless: float | None = None
        self._written = float("-inf")

    def begin(self, node: str) -> None:
        """Note that the event loop of a node is about to begin, again or for the first time."""
        if self._node is None:
            sweep(settings().home)
        self._node = node
        self._childless = self._childless or time.monotonic()
        self._loop = time.monotonic()

    def go_round(self, children: int) -> None:
        """Note that the event loop is alive.

        Args:
            children: How many of them are up.
        """
        self._loop = time.monotonic()
        if children:
            self._childless = None
        elif self._childless is None:
            self._childless = self._loop

    def wait(self) -> None:
        """Note that the event loop has ended: Redis is away, or the node ends."""
        self._loop = None

    def write(self) -> None:
        """Write the pulse if one is due; maintenance calls this each time that it goes round."""
        if self._node is None or time.monotonic() - self._written < BEAT:
            return
        self._written = time.monotonic()
        config = settings()
        pulse = Pulse.now(self._loop, self._childless, config.load_timeout)
        try:
            pulse.write(pulse_path(config.home, self._node))
        except OSError as error:
            logger.warning("cannot say that this node lives: %s", type(error).__name__)

    def end(self) -> None:
        """Remove the pulse of a node that has ended."""
        if self._node is not None:
            with contextlib.suppress(OSError):
                pulse_path(settings().home, self._node).unlink(missing_ok=True)


#: The vital signs of this node.
vitals = Vitals()


class Rounds(bootsteps.StartStopStep):  # type: ignore[misc]
    """Has the event loop note that it goes round, on each new connection."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        """Begin to note rounds; Celery calls this whenever its consumer has connected."""
        pool = consumer.pool._pool
        vitals.begin(consumer.hostname)

        def go_round() -> None:
            vitals.go_round(len(pool._all_inqueues))

        # Celery cancels what is begun here when it loses the connection.
        consumer.timer.call_repeatedly(BEAT, go_round)

    def stop(self, consumer: Any) -> None:
        """Note the end of the loop; Celery calls this whenever the connection is lost."""
        vitals.wait()


def install(app: Celery) -> None:
    """Have the nodes of an application show signs of life; call it before they start."""
    app.steps["consumer"].add(Rounds)


def end(**_signal: Any) -> None:
    """Remove the pulse; Celery calls this in the parent, at the end."""
    vitals.end()
