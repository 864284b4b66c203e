"""The benchmark of corrected shares, on scores that are made up."""

from __future__ import annotations

from benchmarks.corrected_shares import made_up, measure


def test_the_corrected_share_is_the_best_of_the_three() -> None:
    found = measure(made_up(3_000), 0.25, draws=60)
    count, labels, corrected = found.values()
    assert corrected.error < labels.error < count.error
    # The model finds half of them.
    assert count.bias < -8 and count.covers == 0
    assert corrected.covers > 0.85
