"""Batches by padded-token budget: what a batch costs is its rows times its longest row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from workers.analysis import Window


def batches(windows: Sequence[Window], budget: Callable[[str], int]) -> Iterator[list[int]]:
    """Cut windows into batches of like length, the longest first.

    Args:
        windows: In any order.
        budget: The most padded tokens of a batch of a group; asked before each, since it may fall
            meanwhile.

    Yields:
        Places in `windows`, each exactly once over all batches. The windows of a batch are of one
        group, and rows times longest is within the budget, unless a row alone exceeds it: such a
        row is a batch of its own.
    """
    order = sorted(range(len(windows)), key=lambda place: _rank(windows[place]))
    begin = 0
    while begin < len(order):
        longest = windows[order[begin]]
        rows = max(1, budget(longest.group) // max(1, longest.length))
        end = begin + 1
        while end < min(len(order), begin + rows) and windows[order[end]].group == longest.group:
            end += 1
        yield order[begin:end]
        begin = end


def _rank(window: Window) -> tuple[str, int]:
    return window.group, -window.length
