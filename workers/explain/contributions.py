"""What each sentence adds to a label: how much less probable it is without that sentence.

Occlusion (Zeiler and Fergus 2014; Li et al. 2016, "Understanding neural networks through
representation erasure"), with sentences in place of words: what is left still reads as text, which
the model knows, and the numbers are few enough to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure
from schema.results.base import Label
from workers.engine.engine import Engine
from workers.errors import WorkerError
from workers.extraction.sentences import Span, whole_sentences

#: Of a longer text, sentences are taken together into so many passages, so that what an explanation
#: costs stays within as many times what the document did.
MOST_PASSAGES = 64


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a passage of a text adds to its label.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        weight: The label's probability with it, less the one without it; from -1 to 1.
    """

    start: int
    end: int
    weight: float


class UnexplainedError(WorkerError):
    """There is nothing that could be left out, or no probability that could change."""


def passages(text: str) -> list[Span]:
    """The sentences of a text; of one with very many, as many neighbours together as it takes."""
    spans = whole_sentences(text)
    together = -(-len(spans) // MOST_PASSAGES)
    return [
        (spans[at][0], spans[min(at + together, len(spans)) - 1][1])
        for at in range(0, len(spans), max(1, together))
    ]


def contributions(engine: Engine, text: str, language: str | None, label: str | None) -> Explained:
    """Leave out one passage at a time, all of them batched, and see what becomes of the label.

    Args:
        engine: Of an analysis that gives labels.
        text: Of the document.
        language: Its own, if known.
        label: Which label; None for the one that the model gives.

    Raises:
        UnexplainedError: If the model gives no probabilities, does not know the label, or fails.
    """
    spans = passages(text)
    left = [text[:start] + text[end:] for start, end in spans] if len(spans) > 1 else []
    documents = [Document(number, part, language) for number, part in enumerate([text, *left])]
    whole, *without = _probabilities(engine, documents)
    chosen = label or max(whole, key=lambda name: whole[name])
    if chosen not in whole:
        raise UnexplainedError(
            f"the model has no label {chosen!r}, it has {', '.join(whole)}; explain with the "
            "catalog that the run was made with: --models"
        )
    return Explained(
        chosen,
        whole[chosen],
        [
            Contribution(start, end, whole[chosen] - part[chosen])
            for (start, end), part in zip(spans, without, strict=False)
        ],
    )


@dataclass(frozen=True, slots=True)
class Explained:
    """A label and what adds to it.

    Attributes:
        probability: Of the label, for the whole text.
        passages: In the order of the text; none where there is only one.
    """

    label: str
    probability: float
    passages: Sequence[Contribution]


def _probabilities(engine: Engine, documents: Sequence[Document]) -> list[dict[str, float]]:
    found = []
    for outcome in engine.run(documents, RunOptions()):
        if isinstance(outcome, Failure):
            raise UnexplainedError(f"{outcome.error_class}: {outcome.message}")
        result = outcome[0] if isinstance(outcome, list) and outcome else None
        if not isinstance(result, Label) or result.probabilities is None:
            raise UnexplainedError(
                f"{engine.analysis.name} gives no probabilities of labels; explain an analysis "
                "that gives labels, e.g. sentiment"
            )
        found.append(dict(result.probabilities))
    return found
