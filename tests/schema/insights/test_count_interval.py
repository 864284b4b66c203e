"""The interval of a count."""

from __future__ import annotations

import pytest

from schema.insights.count_interval import count_interval


@pytest.mark.parametrize(
    # Garwood's limits, as tables of them have them.
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (100, 81.36, 121.63)],
)
def test_it_is_that_of_the_tables(count: int, low: float, high: float) -> None:
    found = count_interval(count)
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)
