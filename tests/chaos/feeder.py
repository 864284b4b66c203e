"""A feeder: new runs, through the real `triage ingest`, whenever the nodes will soon be idle."""

from __future__ import annotations

import threading
from random import Random

from tests.chaos.feedback import Delivery
from tests.chaos.stage import Stage

#: Seconds between two looks at the queue.
PAUSE = 0.5
#: Documents of a run.
DOCUMENTS = 128


class Feeder:
    """Keeps a stage busy from a thread of its own.

    The thread lives as long as the feeder: Linux ends a process that was started to end with its
    parent when the thread that started it does.

    Args:
        stage: To be fed.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._over = threading.Event()
        self._paused = threading.Event()
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._feed, name="feeder")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def pause(self, paused: bool) -> None:
        """Hold on, or go on."""
        (self._paused.set if paused else self._paused.clear)()

    def stop(self) -> None:
        """No more runs; the one that is being ingested is ingested to its end."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _feed(self) -> None:
        number = 0
        try:
            while not self._over.wait(PAUSE):
                if not self._paused.is_set() and self._stage.is_low():
                    number += 1
                    self._stage.ingest(self._delivery(number))
        except Exception as failure:
            self.failure = failure

    def _delivery(self, number: int) -> Delivery:
        """The n-th run of a seed is the same whenever it comes."""
        stage = self._stage
        chance = Random(f"{stage.seed}/run/{number}")
        analyses = ("sentiment", "entities") if number % 4 else ("sentiment", "entities", "qa")
        documents = tuple(chance.sample(stage.pool.harmless, DOCUMENTS))
        # Every fourth run takes what is known of its texts.
        fresh = number % 4 != 1
        return stage.deliver(f"run-{number:04}", analyses, documents, chance, fresh=fresh)
