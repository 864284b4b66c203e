"""Batches: every window once, one group each, within the budget, and not more than it takes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.analysis import Window
from workers.engine.batching import batches, cost

WINDOWS = st.lists(
    st.builds(Window, st.integers(1, 512), st.none(), st.sampled_from(["", "de-en", "en-de"])),
    max_size=60,
)
BUDGETS = st.integers(1, 2048)
LANES = st.integers(1, 5)
PACKS = pytest.mark.parametrize("packs", [False, True])


def cut(
    windows: list[Window], budget: int, packs: bool = False, lanes: int = 1
) -> list[list[Window]]:
    return [
        [windows[place] for place in batch]
        for batch in batches(windows, lambda _group: budget, packs, lanes)
    ]


@PACKS
@given(WINDOWS, BUDGETS, LANES)
def test_every_window_is_in_exactly_one_batch(
    packs: bool, windows: list[Window], budget: int, lanes: int
) -> None:
    cuts = batches(windows, lambda _group: budget, packs, lanes)
    assert sorted(place for batch in cuts for place in batch) == list(range(len(windows)))


def expense(batch: list[Window], packs: bool) -> int:
    if packs:
        return sum(window.length for window in batch)
    return len(batch) * max(window.length for window in batch)


@PACKS
@given(WINDOWS, BUDGETS, LANES)
def test_batches_are_of_one_group_and_within_the_budget(
    packs: bool, windows: list[Window], budget: int, lanes: int
) -> None:
    for batch in cut(windows, budget, packs, lanes):
        assert len({window.group for window in batch}) == 1
        assert len(batch) == 1 or expense(batch, packs) <= budget
        assert cost(batch, packs) == expense(batch, packs)


@PACKS
@given(WINDOWS, BUDGETS)
def test_groups_are_contiguous_and_lengths_fall(
    packs: bool, windows: list[Window], budget: int
) -> None:
    flat = [window for batch in cut(windows, budget, packs) for window in batch]
    ranks = [(window.group, -window.length) for window in flat]
    assert ranks == sorted(ranks)


@PACKS
@given(WINDOWS, BUDGETS)
def test_no_batch_had_room_for_the_next_window(
    packs: bool, windows: list[Window], budget: int
) -> None:
    for batch, following in pairwise(cut(windows, budget, packs)):
        if batch[0].group == following[0].group:
            assert expense([*batch, following[0]], packs) > budget


@given(WINDOWS)
def test_cutting_the_same_windows_twice_gives_the_same(windows: list[Window]) -> None:
    assert cut(windows, 512) == cut(windows, 512)


@pytest.mark.parametrize("count", [4, 7, 10, 50])
def test_lanes_that_take_batches_come_out_even(count: int) -> None:
    finished = [0, 0]
    for batch in cut([Window(100, None)] * count, 1600, packs=True, lanes=2):
        finished[finished.index(min(finished))] += expense(batch, packs=True)
    assert abs(finished[0] - finished[1]) <= 1600 // 4


def test_a_row_beyond_the_budget_stands_alone() -> None:
    windows = [Window(10, None), Window(900, None), Window(10, None)]
    assert [len(batch) for batch in cut(windows, 20)] == [1, 2]


def test_a_budget_that_falls_meanwhile_counts_from_the_next_batch() -> None:
    budgets = iter([40, 20, 10, 10])
    sizes = [len(batch) for batch in batches([Window(10, None)] * 8, lambda _group: next(budgets))]
    assert sizes == [4, 2, 1, 1]
