"""What four analyses on one encoder cost together, beside what one of them costs alone.

python -m benchmarks.engine.heads [--documents N] [--rounds N] [--precision int8] [--shapes tiny]

Both go from texts to outcomes on one thread, interleaved, in processor time: what else the machine
does is not in it. The encoder has the sizes of multilingual-e5-small with 36,000 pieces.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.engine.synthetic import texts
from benchmarks.engine.synthetic.head_checkpoints import HEADS, make_heads
from benchmarks.engine.synthetic.shapes import Shape
from schema.catalog import Catalog, CatalogEntry, Precision
from schema.catalog.entry import EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.results.sentiment import Sentiment
from workers.analyses.entities import EntitiesAnalysis
from workers.analyses.sentiment import SentimentAnalysis
from workers.classification.analysis import ClassificationAnalysis
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats
from workers.engine.engine import Engine
from workers.engine.run_together import run_together
from workers.engine.sharing import share_encoders
from workers.runtime.threads import limit_threads

SHAPES = {
    "real": Shape("bert-tokens", 36_000, 384, 12, 1536, 12),
    "tiny": Shape("bert-tokens", 3_000, 64, 2, 128, 2),
}


class Intent(ClassificationAnalysis):
    """An analysis that the project does not have."""

    name = "intent"

    def result(self, scores: Floats, windows: int) -> Sentiment:
        """The likeliest class, in a result that is there."""
        fields = self.label_fields(scores.tolist(), float(scores.max()))
        return Sentiment(**fields, windows=windows)


class Urgency(Intent):
    """Another."""

    name = "urgency"


ANALYSES: tuple[type[EncoderAnalysis], ...] = (
    SentimentAnalysis,
    EntitiesAnalysis,
    Intent,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """One way to analyse the documents, and what it took.

    Attributes:
        name: Of the way.
        seconds: Of the processor, by round.
    """

    name: str
    seconds: Sequence[float]

    @property
    def median(self) -> float:
        """Seconds of the processor."""
        return median(self.seconds)


def load(folders: Mapping[str, Path], precision: Precision) -> dict[str, Engine]:
    """Engines for all heads, which share their encoder."""
    options = EntryOptions(precision=precision, batch_tokens=1024)
    entries = {
        name: CatalogEntry(model=str(folder), options=options) for name, folder in folders.items()
    }
    catalog = Catalog("heads", entries)
    engines = {kind.name: Engine(kind(catalog, "cpu")) for kind in ANALYSES}
    share_encoders(engines)
    return engines


def analyse(engines: Mapping[str, Engine], names: Sequence[str], some: Sequence[Document]) -> None:
    """From texts to outcomes, for all of the names in one pass."""
    done = run_together({name: engines[name] for name in names}, some, RunOptions())
    assert list(done) == list(names)


def compare(ways: Mapping[str, Callable[[], None]], rounds: int) -> list[Cost]:
    """Time the ways in turns, each round beginning with another."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    names = list(ways)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            began = time.process_time()
            ways[name]()
            seconds[name].append(time.process_time() - began)
    return [Cost(name, took) for name, took in seconds.items()]


def measure(engines: Mapping[str, Engine], documents: int, rounds: int) -> list[Cost]:
    """What one head costs, each of the two kinds, and all four: together, and one by one."""
    some = texts.documents(documents)
    names = [kind.name for kind in ANALYSES]

    def one_by_one() -> None:
        for name in names:
            analyse(engines, [name], some)

    ways: dict[str, Callable[[], None]] = {
        "sentiment alone": lambda: analyse(engines, names[:1], some),
        "entities alone": lambda: analyse(engines, names[1:2], some),
        "four together": lambda: analyse(engines, names, some),
        "four one by one": one_by_one,
    }
    return compare(ways, rounds)


def table(costs: Sequence[Cost]) -> str:
    """Seconds of the processor, and ratios of medians to the first."""
    base = costs[0].median
    lines = ["way               processor  × the first  (rounds)"]
    lines += [
        f"{cost.name:16} {cost.median:9.2f} s  {cost.median / base:11.2f}  "
        f"({min(cost.seconds):.2f}-{max(cost.seconds):.2f})"
        for cost in costs
    ]
    return "\n".join(lines)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="fp32")
    parser.add_argument("--shapes", choices=tuple(SHAPES), default="real")
    options = parser.parse_args()
    limit_threads(1)
    with TemporaryDirectory() as folder:
        folders = make_heads(Path(folder), SHAPES[options.shapes])
        engines = load({name: folders[name] for name in HEADS}, options.precision)
        print(f"{options.documents} documents, {options.precision}, one thread")
        print(table(measure(engines, options.documents, options.rounds)), flush=True)


if __name__ == "__main__":
    main()
