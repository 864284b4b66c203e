"""Intents that a model named in texts of which people have said what their writers are up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from schema.intents import NO_INTENT, Intent, split_intents
from schema.results import Result
from schema.results.intent import FoundIntent
from workers.calibrate.examples import DataError, Example
from workers.calibrate.measures import MIN_KEPT, Bools, choose_threshold
from workers.calibrate.temperature import fit_temperature
from workers.classification.scores import ScoreKind, temper
from workers.encoders.interface import Floats


@dataclass(frozen=True, slots=True)
class IntentSample:
    """Intents that a model named; what it missed is no matter of a threshold.

    Attributes:
        scores: Of each, uncalibrated, (intents,).
        right: Whether a person named it, too, (intents,).
        names: Which it is, (intents,).
    """

    scores: Floats
    right: Bools
    names: np.typing.NDArray[np.str_]

    @property
    def never(self) -> int:
        """Nothing: every intent may be right."""
        return 0

    def part(self, chosen: Bools) -> IntentSample:
        """Some of the intents."""
        return IntentSample(self.scores[chosen], self.right[chosen], self.names[chosen])

    def fit_temperature(self) -> float:
        """The temperature of the least negative log-likelihood of being right."""

        def at(temperature: float) -> Floats:
            sure = self.answers(temperature)[0]
            return np.stack((1 - sure, sure), axis=1)

        return fit_temperature(at, self.right.astype(np.int64))

    def answers(self, temperature: float) -> tuple[Floats, Bools]:
        """How sure the model is of each, and whether it is right."""
        tempered = temper(ScoreKind.INDEPENDENT, self.scores[:, None], temperature)
        return tempered[:, 0], self.right

    def thresholds(self, temperature: float, accuracy: float) -> dict[str, float]:
        """The threshold of each intent of which there are enough to tell; 1.0, which nothing
        reaches, where no threshold leaves so many right.
        """
        found = {}
        for name in Intent:
            own = self.part(self.names == name.value)
            if len(own.right) >= MIN_KEPT:
                limit = choose_threshold(*own.answers(temperature), accuracy)
                found[name.value] = 1.0 if limit is None else round(limit, 6)
        return found


def intent_sample(
    examples: Sequence[Example], results: Sequence[Sequence[Result]]
) -> tuple[IntentSample, list[str]]:
    """Compare intents; returns also the text of each that was named.

    Args:
        examples: With a list of intents, or their names with commas between; empty, or `none`, for
            none of them.
        results: What the model named in each.

    Raises:
        DataError: If what people said is no intent.
    """
    claims: list[tuple[float, bool, str, str]] = []
    for example, found in zip(examples, results, strict=True):
        wanted = intents_of(example)
        for result in found:
            if isinstance(result, FoundIntent) and result.intent != NO_INTENT:
                right = result.intent in wanted
                claims.append((result.score, right, result.intent, example.text))
    sample = IntentSample(
        np.array([claim[0] for claim in claims], dtype=np.float32),
        np.array([claim[1] for claim in claims], dtype=bool),
        np.array([claim[2] for claim in claims], dtype=np.str_),
    )
    return sample, [claim[3] for claim in claims]


def intents_of(example: Example) -> set[str]:
    """The intents that a person names; none of `none`.

    Raises:
        DataError: If what they say is no intent.
    """
    given: Any = example.label
    said = split_intents(",".join(map(str, given)) if isinstance(given, list) else str(given))
    if not said <= set(Intent):
        raise DataError(
            f"line {example.line}: the label names none of {', '.join(Intent)} or {NO_INTENT}; "
            "correct it, or name the column of the labels with --label"
        )
    return said
