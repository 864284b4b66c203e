"""Scores with their intervals: each is made of figures of single texts, which are drawn again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schema.insights import Interval, wilson

#: How often the texts are drawn again; the seed, so that the same texts have the same intervals.
_DRAWS, _SEED = 1_000, 20_260
#: Numbers that are drawn at once.
_AT_ONCE = 4_000_000
#: The middle 95 %.
_ENDS = (2.5, 97.5)

#: Figures of texts, or sums of them.
Doubles = npt.NDArray[np.float64]
#: From sums over texts, (figures,), to scores by name.
ScoresOf = Callable[[Doubles], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts and what they say of a model.

    Attributes:
        figures: What is summed over texts, (texts, figures): hits, or parts of BLEU, say.
        scores_of: The scores of such sums.
        counts_of: Of such sums by score how many hits are in how many: of scores that are shares,
            or nearly.
    """

    figures: Doubles
    scores_of: ScoresOf
    counts_of: Callable[[Doubles], Mapping[str, tuple[float, float]]] | None = None

    def scores(self) -> Mapping[str, float]:
        """The scores of all texts."""
        return self.scores_of(self.figures.sum(axis=0))

    def counts(self) -> Mapping[str, tuple[float, float]]:
        """What the shares among the scores of all texts are made of."""
        return {} if self.counts_of is None else self.counts_of(self.figures.sum(axis=0))


@dataclass(frozen=True, slots=True)
class Score:
    """A score, and where it lies, 95 times of 100.

    Attributes:
        against: The same of the model that it is compared with; None without one.
        difference: Its interval less that of the other, of the same texts drawn: None without one.
    """

    name: str
    value: float
    interval: Interval
    against: float | None = None
    difference: Interval | None = None


def scores_with_intervals(scored: Scored, other: Scored | None = None) -> list[Score]:
    """Bootstrap percentile intervals; of two models the texts are drawn in pairs. Of 17 hits of
    17, which are 17 whatever is drawn, and of none, the interval is Wilson's.

    Args:
        scored: Of the model.
        other: Of the one that it is compared with, over the same texts in the same order.
    """
    values, counts = scored.scores(), scored.counts()
    drawn = _drawn([one for one in (scored, other) if one is not None])
    against = {} if other is None else other.scores()
    found = []
    for name, value in values.items():
        own = np.array([one[name] for one in drawn[0]])
        both = name in against
        apart = own - np.array([one[name] for one in drawn[1]]) if both else None
        found.append(
            Score(
                name,
                value,
                _interval(own, value, counts.get(name)),
                against.get(name),
                None if apart is None else _middle(apart),
            )
        )
    return found


def _interval(drawn: Doubles, value: float, counts: tuple[float, float] | None) -> Interval:
    if counts is None or 0 < value < 1:
        return _middle(drawn)
    return wilson(round(counts[0]), round(counts[1]))


def _middle(values: Doubles) -> Interval:
    return Interval(*(float(end) for end in np.percentile(values, _ENDS)))


def _drawn(models: Sequence[Scored]) -> list[list[Mapping[str, float]]]:
    """The scores of each model each time that the texts are drawn."""
    texts = len(models[0].figures)
    random = np.random.default_rng(_SEED)
    found: list[list[Mapping[str, float]]] = [[] for _ in models]
    left = _DRAWS
    while left:
        times = max(1, min(left, _AT_ONCE // max(1, texts)))
        # How often each text is drawn; the same for all models.
        counts = random.multinomial(texts, np.full(texts, 1 / texts), size=times)
        for place, model in enumerate(models):
            sums = counts @ model.figures
            found[place] += [model.scores_of(row) for row in sums]
        left -= times
    return found


def ratio(part: float, whole: float) -> float:
    """A share; 0 of nothing, as the field's libraries have it."""
    return float(part / whole) if whole else 0.0


def f1(hits: float, named: float, wanted: float) -> float:
    """The harmonic mean of precision and recall."""
    return ratio(2 * hits, named + wanted)
