"""How near to its theme a clause is as a rule, in the vectors that a set of themes was made of.

Encoders differ: two texts that have nothing in common have a cosine of .1 by one, of .4 by another.
So what "near enough" means is read off the clauses that the themes were found in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producer.themes.assignment import FLOOR, WORDS_FLOOR, assign
from producer.themes.grid import SQUARE, Grid, products

#: The part of the clauses of a sample that fit worse than `Fit.least`, at the most.
_MISFITS = 0.01
#: Clauses that are compared with all themes, to see how near they are to those of others.
_COMPARED = 2_000
#: Bounds of the least mean cosine between two parts of a new theme.
_LOOSEST, _TIGHTEST = 0.5, 0.65


@dataclass(frozen=True, slots=True)
class Fit:
    """What clauses are held to; all are cosines.

    Attributes:
        least: With its centre, of a clause that belongs to a theme. Those below are in none.
        late_below: Clauses that came after the themes were made are looked at for new themes
            below this cosine with the nearest centre.
        least_mean: Between any two parts of a new theme, in the mean.
    """

    least: float
    late_below: float
    least_mean: float

    @classmethod
    def of_words(cls) -> Fit:
        """Where vectors are made of words, in which new themes are hard to tell from chance."""
        return cls(WORDS_FLOOR, 0.5, 0.6)

    @classmethod
    def of_embeddings(cls, least: float | None, usual: float | None) -> Fit:
        """Where vectors are embeddings.

        Args:
            least: As `measure` gave it; None for a set that was made before it was kept.
            usual: Likewise.
        """
        if least is None or usual is None:
            return cls(FLOOR, 0.75, 0.6)
        # A clause is at the cosine c from its centre, so two of a theme are at c² in the mean: a
        # new theme is to be as tight as those that there are.
        return cls(least, usual, float(np.clip(usual**2, _LOOSEST, _TIGHTEST)))


def measure(rows: Grid, centres: Grid) -> tuple[float, float]:
    """`Fit.least` of a sample, and the median of the cosines with the nearest centre.

    The least is that below which 1 in 100 clauses are, but not above the middle between their own
    theme and the others, where all fit well; and never below `FLOOR`.

    Args:
        rows: Of the sample (clauses × dimensions), at least one.
        centres: Of the themes that were found in it (themes × dimensions).
    """
    cosines: NDArray[np.float64] = assign(rows, centres).cosines
    least, usual = np.quantile(cosines, (_MISFITS, 0.5))
    others = np.median(products(rows[:_COMPARED], centres)) / SQUARE if len(centres) > 2 else 0.0
    return max(FLOOR, min(float(least), float(others + usual) / 2)), float(usual)
