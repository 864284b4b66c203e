"""Which of the new themes is which of the old: so that a theme keeps its id."""

from __future__ import annotations

from scipy.optimize import linear_sum_assignment

from producer.themes.grid import SQUARE, Grid, products

#: The least cosine between the centres of a theme then and now.
SAME = 0.9


def match(old: Grid, new: Grid) -> dict[int, int]:
    """Pair centres one to one, so that the sum of cosines is greatest; pairs under `SAME` are none.

    Returns:
        For each new theme that was there before the old one.
    """
    if not len(old) or not len(new):
        return {}
    near = products(old, new)
    left, right = linear_sum_assignment(near, maximize=True)
    return {int(b): int(a) for a, b in zip(left, right, strict=True) if near[a, b] >= SAME * SQUARE}
