"""How a count differs from the one before."""

from __future__ import annotations

import numpy as np
import pytest

from schema.insights.count_change import count_change


def test_the_change_lies_in_its_interval() -> None:
    found = count_change(120, 100)
    assert found is not None and found.change == pytest.approx(0.2)
    assert found.interval.low < 0 < 0.2 < found.interval.high
    surely = count_change(1_200, 1_000)
    assert surely is not None and surely.interval.low > 0
    gone = count_change(0, 50)
    assert gone is not None and gone.change == gone.interval.low == -1 and gone.interval.high < 0


def test_nothing_before_is_nothing_to_compare_with() -> None:
    assert count_change(7, 0) is None


def test_the_interval_has_the_change_in_it_as_often_as_it_promises() -> None:
    random = np.random.default_rng(1)
    pairs = random.poisson((60, 50), (2_000, 2)).tolist()
    intervals = [count_change(now, before).interval for now, before in pairs]  # type: ignore[union-attr]
    covered = np.mean([one.low <= 0.2 <= one.high for one in intervals])
    assert 0.935 <= covered <= 0.965
