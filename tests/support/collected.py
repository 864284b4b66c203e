"""Batches for a stream, given as they are asked for, and what is done of them."""

from __future__ import annotations

from schema.document import Document
from schema.options import RunOptions
from schema.results.outcome import Outcome
from workers.engine.continuous_batching import Batch
from workers.engine.counters import Counters
from workers.engine.engine import Engine

OPTIONS = RunOptions(translate_to="de")


def nothing() -> None: ...


def batch_of(engine: Engine, documents: list[Document]) -> Batch:
    return Batch(documents, OPTIONS, engine.prepare(documents, OPTIONS))


def documents_of(texts: list[str]) -> list[Document]:
    return [Document(number, text, "en") for number, text in enumerate(texts)]


class Collected:
    """Gives batches as they are asked for, and takes what is done."""

    def __init__(self, batches: list[Batch]) -> None:
        self.coming = batches
        self.done: dict[int, list[Outcome]] = {}
        self.counted = Counters()
        self.asked, self.waited_for = 0, 0

    def more(self, wait: bool) -> Batch | None:
        self.asked += 1
        # Now and then there is none just now.
        if not self.coming or not wait and self.asked % 3 == 0:
            return None
        self.waited_for += wait
        return self.coming.pop(0)

    def on_done(self, number: int, outcomes: list[Outcome], counters: Counters) -> None:
        assert number not in self.done
        self.done[number] = outcomes
        self.counted += counters
