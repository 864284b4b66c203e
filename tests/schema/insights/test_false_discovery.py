"""Benjamini–Hochberg, beside the paper's example and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from schema.insights.false_discovery import benjamini_hochberg

#: Benjamini and Hochberg (1995), section 3.2: the first four are found at 5 %.
PAPER = (
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240),
    *(0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
)


def test_the_example_of_the_paper() -> None:
    assert (benjamini_hochberg(PAPER) <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_order_does_not_matter() -> None:
    shuffled = np.random.default_rng(0).permutation(PAPER)
    assert benjamini_hochberg(shuffled) == pytest.approx(false_discovery_control(shuffled))


def test_what_cannot_be_tested_counts_as_nothing_found() -> None:
    assert benjamini_hochberg([0.01, float("nan")]) == pytest.approx([0.02, 1.0])
    assert len(benjamini_hochberg([])) == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([1.5])
