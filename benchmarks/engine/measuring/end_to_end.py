"""The system against the engine alone, and whether a document costs the same among many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.engine.measuring.running_system import running_system
from benchmarks.engine.measuring.timing import sample
from benchmarks.engine.synthetic import texts
from benchmarks.engine.variants.project_engine import load_engine, write_catalog
from benchmarks.engine.workload import Place, Work
from schema.catalog import Precision
from schema.document import Document

#: Documents of the run that warms the node up.
_WARM_UP = 8


@dataclass(frozen=True, slots=True)
class Whole:
    """The same documents through the engine alone and through the system.

    Attributes:
        work: Name of the section.
        documents: How many.
        alone: Seconds of the engine alone, each time.
        system: Seconds through Redis and PostgreSQL, from the first job's start, each time.
        disturbed: Times in which somebody else was busy too.
        children: Of the node.
        precision: Of both.
    """

    work: str
    documents: int
    alone: tuple[float, ...]
    system: tuple[float, ...]
    disturbed: int
    children: int
    precision: Precision

    @property
    def ratio(self) -> float:
        """Speed of the system as a part of the engine's."""
        return median(self.alone) / median(self.system)


@dataclass(frozen=True, slots=True)
class Scale:
    """A run of some size through the whole system.

    Attributes:
        documents: How many.
        seconds: From the first job's start to the last one's end.
        disturbed: Whether somebody else was busy too.
    """

    documents: int
    seconds: float
    disturbed: bool

    @property
    def each(self) -> float:
        """Milliseconds a document."""
        return 1000 * self.seconds / self.documents


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured.

    Attributes:
        seconds: For all of it.
        documents: How many; 0 for as many as there is time for.
        children: Of the node.
    """

    seconds: float
    documents: int = 0
    children: int = 1


def measure_whole(work: Work, place: Place, amount: Amount, precision: Precision = "fp32") -> Whole:
    """Time both, in turns, twice each.

    Args:
        work: What to do.
        place: With what.
        amount: How much of it.
        precision: Of both.

    Raises:
        LeftOut: If there is no PostgreSQL.
    """
    models = write_catalog(work, place, precision)
    alone = load_engine(work, place, precision)
    warm_up = texts.documents(_WARM_UP, seed=2)
    alone(warm_up)
    each = sample(lambda: alone(warm_up)).seconds / len(warm_up)
    fit = max(64, min(4096, int(amount.seconds / 5 / each) // 64 * 64))
    documents = texts.documents(amount.documents or fit)
    threads, children = max(1, place.threads // amount.children), amount.children
    with (
        _folder() as folder,
        running_system(folder, work.analysis, models, place.device, threads, children) as system,
    ):
        # Small runs are cut into jobs so that each child gets some.
        system.seconds(texts.documents(_WARM_UP * children**2, seed=2))
        samples, spans = [], []
        for number in range(2):
            # Texts that are known already would not be stored again.
            mine = _others(documents, number)
            samples.append(sample(lambda mine=mine: alone(mine)))  # type: ignore[misc]
            spans.append(system.seconds(mine))
    disturbed = sum(one.disturbed for one in samples)
    alone_seconds = tuple(one.seconds for one in samples)
    spans_seconds = tuple(spans)
    return Whole(
        work.name, len(documents), alone_seconds, spans_seconds, disturbed, children, precision
    )


def measure_scales(sizes: Sequence[int], place: Place) -> list[Scale]:
    """Runs of these sizes through the system, with the pocket model for sentiment.

    Raises:
        LeftOut: If there is no PostgreSQL.
    """
    scales = []
    with (
        _folder() as folder,
        running_system(folder, "sentiment", "pocket", place.device, place.threads) as system,
    ):
        system.seconds(texts.documents(_WARM_UP, seed=2))
        for size in sizes:
            documents = texts.documents(size, seed=size)
            spans: list[float] = []
            taken = sample(lambda d=documents, s=spans: s.append(system.seconds(d)))  # type: ignore[misc]
            scales.append(Scale(size, spans[0], taken.disturbed))
            print(f"  {size} documents: {scales[-1].each:.2f} ms each", flush=True)
    return scales


def _others(documents: Sequence[Document], number: int) -> list[Document]:
    """The same texts but for the end of each."""
    return [
        Document(document.id, f"{document.text} {number}.", document.language)
        for document in documents
    ]


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder that a server of another user can reach."""
    with tempfile.TemporaryDirectory(prefix="triage-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)
