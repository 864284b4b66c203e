"""Finding the bad ones in a batch: halve it until they stand alone; the others keep theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from workers.analysis import Window
from workers.engine.batching import cost
from workers.runtime.device_errors import is_out_of_memory, raise_worker_fault

if TYPE_CHECKING:
    from workers.engine.token_budget import TokenBudgets

Item = TypeVar("Item")
Output = TypeVar("Output")
#: Of a batch: the index of a window, and what it raised alone.
OnCulprit = Callable[[int, Exception], None]


def isolate(
    items: Sequence[Item],
    attempt: Callable[[Sequence[Item]], Sequence[Output]],
    on_culprit: Callable[[Item, Exception], None],
    on_memory: Callable[[Sequence[Item]], None],
) -> list[Output | Exception]:
    """Attempt all items together; where that fails, in halves, and so on.

    One bad item among n costs about 2·log2(n) further attempts.

    Args:
        items: At least one.
        attempt: Gives an output for each of some items, or raises.
        on_culprit: Told of each item that fails alone, before anything else is attempted; what it
            raises ends the search.
        on_memory: Told of several items that were too large together.

    Returns:
        For each item its output, or the exception that it raises alone.

    Raises:
        WorkerError: If an attempt raises what is no item's fault.
    """
    try:
        return list(attempt(items))
    except Exception as error:
        raise_worker_fault(error)
        # Whoever keeps its frames keeps the tensors of the failed attempt.
        failure = error.with_traceback(None)
    if len(items) == 1:
        on_culprit(items[0], failure)
        return [failure]
    if is_out_of_memory(failure):
        on_memory(items)
    half = len(items) // 2
    return [
        *isolate(items[:half], attempt, on_culprit, on_memory),
        *isolate(items[half:], attempt, on_culprit, on_memory),
    ]


def forward_isolated(
    windows: Sequence[Window],
    forward: Callable[[Sequence[Window]], Sequence[Any]],
    on_culprit: OnCulprit,
    budgets: TokenBudgets,
    packs: bool,
) -> list[Any]:
    """The same for a batch of windows; where it was too large for the memory, later ones are
    smaller.

    Args:
        windows: Of one group.
        forward: Gives an output for each of some windows, or raises.
        on_culprit: Called with the index of each window that fails alone.
        budgets: Says what batches may cost, and is told what was too much.
        packs: Whether they cost no padding.
    """
    group = windows[0].group
    ceiling = lowered = budgets.of(group)

    def attempt(indices: Sequence[int]) -> Sequence[Any]:
        return forward([windows[index] for index in indices])

    def lower_budget(indices: Sequence[int]) -> None:
        nonlocal lowered
        lowered = budgets.lower(group, cost([windows[index] for index in indices], packs))

    outputs = isolate(range(len(windows)), attempt, on_culprit, lower_budget)
    if any(isinstance(output, Exception) and is_out_of_memory(output) for output in outputs):
        # One window was too large by itself: what was halved on the way to it was not.
        budgets.restore(group, lowered, ceiling)
    elif budgets.of(group) < ceiling:
        budgets.keep(group)
    return outputs
