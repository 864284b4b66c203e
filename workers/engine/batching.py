"""Batches by cost: the tokens that a model computes for a batch, padding included where it pads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from workers.analysis import Window

#: Of a budget, the part that a lane's batch has at least, however little is left: one in so many.
#: Smaller ones cost more.
LEAST = 4
#: The same where they queue for one device.
LEAST_QUEUED = 16


def batches(
    windows: Sequence[Window],
    budget: Callable[[str], int],
    packs: bool = False,
    lanes: int = 1,
    queues: bool = False,
) -> Iterator[list[int]]:
    """Cut windows into batches of like length, the longest first. Without padding it matters less
    who is beside whom, but neighbours of one length go through attention together.

    Args:
        windows: In any order.
        budget: The most that a batch of a group may cost; asked before each, since it may fall
            meanwhile.
        packs: Whether the model computes without padding.
        lanes: That take batches.
        queues: See `room_of`.

    Yields:
        Places in `windows`, each exactly once over all batches. The windows of a batch are of one
        group, and cost no more than the budget, unless a row alone exceeds it: such a row is a
        batch of its own.
    """
    order = sorted(range(len(windows)), key=lambda place: _rank(windows[place]))
    left = sum(window.length for window in windows)
    begin = 0
    while begin < len(order):
        longest = windows[order[begin]]
        room = room_of(budget(longest.group), left, lanes, queues)
        end = begin
        # The first is the longest: no other costs more.
        while end < len(order) and windows[order[end]].group == longest.group:
            room -= windows[order[end]].length if packs else longest.length
            if room < 0 and end > begin:
                break
            end += 1
        yield order[begin:end]
        left -= sum(windows[place].length for place in order[begin:end])
        begin = end


def room_of(budget: int, left: int, lanes: int, queues: bool = False) -> int:
    """What a batch may cost where lanes take them: no more than half a lane's share of what is
    left, so that all come out even (guided self-scheduling, Polychronopoulos and Kuck 1987).

    Args:
        budget: What it may cost in any case.
        left: Tokens that no lane has taken yet.
        lanes: That take batches.
        queues: Whether batches are computed one behind the other: then each lane is to have one,
            and it does not matter when it ends.
    """
    if lanes == 1:
        return budget
    if queues:
        return max(min(budget, left // lanes), budget // LEAST_QUEUED)
    return max(min(budget, left // (2 * lanes)), budget // LEAST)


def cost(windows: Sequence[Window], packs: bool = False) -> int:
    """Tokens that are computed for a batch: their sum, or rows times the longest with padding."""
    if packs:
        return sum(window.length for window in windows)
    return len(windows) * max(window.length for window in windows)


def _rank(window: Window) -> tuple[str, int]:
    return window.group, -window.length
