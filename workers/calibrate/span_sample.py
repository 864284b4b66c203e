"""Entities and answers that a model found in texts in which people have marked them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from schema.results import Result
from schema.results.answer import Answer
from schema.results.entity import Entity
from workers.calibrate.examples import DataError, Example
from workers.calibrate.measures import Bools
from workers.encoders.interface import Floats

#: Of its words and those of a person's, an answer shares so many at least (F1) to be right.
_SHARED = 0.5
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class SpanSample:
    """Spans that a model found; what it missed is no matter of a threshold.

    Attributes:
        scores: Of each span, 1 at the most, (spans,).
        right: Whether a person marked it, (spans,).
    """

    scores: Floats
    right: Bools

    @property
    def never(self) -> int:
        """Nothing: every span may be right."""
        return 0

    def part(self, chosen: Bools) -> SpanSample:
        """Some of the spans."""
        return SpanSample(self.scores[chosen], self.right[chosen])

    def fit_temperature(self) -> float:
        """A span's score is made of many probabilities, which no one temperature would mend."""
        return 1.0

    def answers(self, temperature: float) -> tuple[Floats, Bools]:
        """How sure the model is of each span, and whether it is right."""
        return self.scores, self.right

    def thresholds(self, temperature: float, accuracy: float) -> dict[str, float]:
        """None: one is for all."""
        return {}


def span_sample(
    examples: Sequence[Example], results: Sequence[Sequence[Result]]
) -> tuple[SpanSample, list[str]]:
    """Compare spans; returns also the text of each that was found.

    Args:
        examples: With a list of entities, or an answer or several, none of them right if empty.
        results: What the model found in each.

    Raises:
        DataError: If what people marked is neither.
    """
    scores: list[float] = []
    right: list[bool] = []
    texts: list[str] = []
    for example, found in zip(examples, results, strict=True):
        for score, is_right in _compared(example, found):
            scores.append(min(score, 1.0))
            right.append(is_right)
            texts.append(example.text)
    return SpanSample(np.array(scores, dtype=np.float32), np.array(right, dtype=bool)), texts


def _compared(example: Example, found: Sequence[Result]) -> Iterator[tuple[float, bool]]:
    for result in found:
        if isinstance(result, Entity):
            yield result.score, (result.type, result.start, result.end) in _entities(example)
        elif isinstance(result, Answer) and result.answer:
            yield result.score, any(_agree(result.answer, one) for one in _answers(example))


def _entities(example: Example) -> set[tuple[Any, Any, Any]]:
    try:
        return {(one["type"], one["start"], one["end"]) for one in example.label}
    except (TypeError, KeyError):
        raise DataError(
            f"line {example.line}: the entities are no list of objects with type, start and end; "
            "write them so, as JSON Lines"
        ) from None


def _answers(example: Example) -> list[str]:
    given = example.label if isinstance(example.label, list) else [example.label]
    return [str(one) for one in given if one is not None]


def _agree(answer: str, marked: str) -> bool:
    """Whether two answers share half of their words, by F1."""
    own, other = (Counter(_WORDS.findall(one.casefold())) for one in (answer, marked))
    shared = (own & other).total()
    return bool(shared) and 2 * shared / (own.total() + other.total()) >= _SHARED
