"""How many of the things that are shown as found are not there (Benjamini and Hochberg, 1995)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Of what is shown as more than chance, at most this share is chance, on average: the highest q.
MOST_WRONG = 0.05


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """The q of each p: whoever shows all that have at most this q has at most this share of them
    wrong, on average. All that is looked at together belongs in one call, the dull ones included.

    Benjamini and Hochberg (1995), “Controlling the false discovery rate”, Journal of the Royal
    Statistical Society B 57.

    Args:
        p: Probabilities under “nothing is there”, of any number; NaN is taken for 1.

    Returns:
        As many, in the same order; never below their p.

    Raises:
        ValueError: If one is outside of 0…1.
    """
    given = np.nan_to_num(np.asarray(p, dtype=np.float64).ravel(), nan=1.0)
    if ((given < 0) | (given > 1)).any():
        raise ValueError("a probability lies between 0 and 1")
    order = np.argsort(given, kind="stable")
    ranks = np.arange(1, len(given) + 1)
    raised = given[order] * len(given) / ranks
    found = np.empty_like(given)
    # A larger p cannot have a smaller q.
    found[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return found
