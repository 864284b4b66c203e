"""Feedback for chaos: documents of the sample file, some with harm planted, as files to ingest."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import producer
from schema.tables import FIRST_DOCUMENTS
from tests.chaos.sabotage import CROWDING, POISON, SEGFAULT, TOO_LARGE, harm_words

SAMPLE = Path(producer.__file__).parent / "demo" / "feedback.csv"
#: The others wait for `language`, in every run that has it.
ANALYSES = ("language", "sentiment", "entities", "qa")
#: Documents that make a run a large one: those of its first that go before others, and some.
LARGE = FIRST_DOCUMENTS + 128

#: What a worker dies of that another fault kills, or whose whole node it kills.
OTHER_DEATHS = {"SIGKILL", "WorkerLost"}
#: Error classes that a document's dead letter may have; a crowding one has none.
EXPECTED_ERRORS = {
    POISON: {"PoisonedDocumentError"},
    # Its last worker may meet another fault in the very moment; how often that was, is counted.
    SEGFAULT: {"SIGSEGV", *OTHER_DEATHS},
    TOO_LARGE: {"MemoryError"},
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """A document of the pool.

    Attributes:
        number: Its external id.
        harm: What it does to `analysis`, or nothing.
    """

    number: int
    text: str
    harm: str = ""
    analysis: str = ""

    def errors(self, analysis: str) -> set[str]:
        """The error classes of which its dead letter in this analysis has to be one."""
        return EXPECTED_ERRORS.get(self.harm, set()) if analysis == self.analysis else set()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file of feedback, to be ingested as a run of the same name.

    Attributes:
        doubled: Rows that are there twice.
        empty: Rows without a text, which are rejected.
        fresh: Whether its run computes every document, whatever is known of its text.
    """

    run: str
    path: Path
    analyses: tuple[str, ...]
    documents: tuple[Feedback, ...]
    doubled: int
    empty: int
    fresh: bool = True


#: Numbers from here on are those of `Pool.many`.
MANY = 10_000


class Pool:
    """All documents of a chaos run: harmless ones, so many that they make a large run, and one for
    each harm and analysis.

    Args:
        seed: Which of the sample's texts.
        size: How many harmless ones.
    """

    def __init__(self, seed: str, size: int) -> None:
        with SAMPLE.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["text"].strip()]
        texts = [row["text"] for row in rows]
        english = [row["text"] for row in rows if row["language"] == "en"]
        chosen = Random(f"{seed}/pool").sample(texts, size)
        self.harmless = tuple(Feedback(number, text) for number, text in enumerate(chosen, 1))
        kinds = [
            (harm, name)
            for harm in (POISON, SEGFAULT, CROWDING, TOO_LARGE)
            for name in (ANALYSES if harm != SEGFAULT else ANALYSES[:2])
        ]
        # Of the same texts, for a document is known by its number.
        self.many = tuple(Feedback(MANY + number, chosen[number % size]) for number in range(LARGE))
        self.planted = {
            # In English: whose language is not known, since it does harm there, is read as that.
            kind: Feedback(size + place, f"{english[place]} {harm_words(*kind)}", *kind)
            for place, kind in enumerate(kinds, 1)
        }

    @property
    def all(self) -> tuple[Feedback, ...]:
        """Every document."""
        return (*self.harmless, *self.many, *self.planted.values())


def write_delivery(
    folder: Path, run: str, analyses: Sequence[str], documents: Sequence[Feedback], chance: Random
) -> Delivery:
    """A CSV of these documents in any order, with rows among them that are doubled or no good."""
    rows = [(str(document.number), document.text) for document in documents]
    doubled = chance.sample(rows, len(rows) // 16)
    empty = [(f"empty {number}", "  ") for number in range(chance.randrange(3))]
    rows += doubled + empty
    chance.shuffle(rows)
    path = folder / f"{run}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "text"))
        writer.writerows(rows)
    return Delivery(run, path, tuple(analyses), tuple(documents), len(doubled), len(empty))
