"""What is measured: an analysis with a model of some size, and what a variant of it says."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from schema.catalog import Precision
from schema.document import Document


@dataclass(frozen=True, slots=True)
class Work:
    """One section of the table.

    Attributes:
        name: As `--only` takes it.
        analysis: As `schema.analyses.ANALYSES` names it; or `reply`, which is to be one.
        checkpoint: Name in `shapes`.
        beams: 0 for an encoder, 1 for greedy decoding.
        share: Part of the whole time.
        usual: Whether it is measured when nobody says what to measure.
    """

    name: str
    analysis: str
    checkpoint: str
    beams: int
    share: float
    usual: bool = True


WORKS = {
    work.name: work
    for work in (
        Work("sentiment", "sentiment", "sentiment", 0, 0.10),
        Work("entities", "entities", "entities", 0, 0.12),
        Work("entities-large", "entities", "entities-large", 0, 0.12, usual=False),
        Work("qa", "qa", "qa", 0, 0.10),
        Work("translation", "translation", "translation", 1, 0.17),
        Work("summary", "summary", "summary", 1, 0.17),
        # Last, for they are the first to be left out where time does not suffice.
        Work("translation-beam", "translation", "translation", 4, 0.17),
        Work("summary-beam", "summary", "summary", 4, 0.17),
        Work("reply", "reply", "reply", 1, 0.17, usual=False),
    )
}


@dataclass(frozen=True, slots=True)
class Written:
    """A generated text; what it cost plays no part in whether two are the same.

    Attributes:
        tokens: Steps that the decoder took for it, the end included; 0 where nobody said.
    """

    text: str
    tokens: int = field(default=0, compare=False)


#: What is said of a document: a label, entities as (type, start, end), the (start, end) of an
#: answer, or a `Written`.
Said = Hashable
Run = Callable[[Sequence[Document]], list[Said]]


class LeftOut(Exception):
    """A variant cannot run here. One sentence on what is missing."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of doing the work.

    Attributes:
        name: Of the row.
        precision: Whose limit it is held against.
        load: Makes it ready; raises `LeftOut` where it cannot be.
        share: Of the documents that it is timed on, for slow ones.
        household: Variants of one household are loaded in one process and share a model; one
            without is alone in its process.
    """

    name: str
    precision: Precision
    load: Callable[[], Run]
    share: float = 1.0
    household: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where variants compute.

    Attributes:
        checkpoint: The folder of the model.
        device: `cpu` or `cuda:0`.
        threads: Of torch and the others, on a CPU.
    """

    checkpoint: Path
    device: str
    threads: int
