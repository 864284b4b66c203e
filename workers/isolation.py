"""Finding the bad ones in a batch: halve it until they stand alone; the others keep theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from workers.faults import DeviceFault, WorkerFault

Item = TypeVar("Item")
Output = TypeVar("Output")

#: Known to newer versions of torch only.
_AcceleratorError: type[Exception] | None = getattr(torch, "AcceleratorError", None)
#: The last is oneDNN's way to say so.
_OUT_OF_MEMORY = (
    *("can't allocate memory", "not enough memory", "out of memory"),
    "could not create a primitive",
)
_DEVICE_GONE = ("CUDA error", "CUDA driver error", "cuDNN error", "CUBLAS_STATUS")


def isolate(
    items: Sequence[Item],
    attempt: Callable[[Sequence[Item]], Sequence[Output]],
    on_blame: Callable[[Item, Exception], None],
    on_memory: Callable[[Sequence[Item]], None],
) -> list[Output | Exception]:
    """Attempt all items together; where that fails, in halves, and so on.

    One bad item among n costs about 2·log2(n) further attempts.

    Args:
        items: At least one.
        attempt: Gives an output for each of some items, or raises.
        on_blame: Told of each item that fails alone, before anything else is attempted; what it
            raises ends the search.
        on_memory: Told of several items that were too large together.

    Returns:
        For each item its output, or the exception that it raises alone.

    Raises:
        WorkerFault: If an attempt raises what is no item's fault.
    """
    try:
        return list(attempt(items))
    except Exception as error:
        raise_worker_fault(error)
        # Whoever keeps its frames keeps the tensors of the failed attempt.
        failure = error.with_traceback(None)
    if len(items) == 1:
        on_blame(items[0], failure)
        return [failure]
    if is_out_of_memory(failure):
        on_memory(items)
    half = len(items) // 2
    return [
        *isolate(items[:half], attempt, on_blame, on_memory),
        *isolate(items[half:], attempt, on_blame, on_memory),
    ]


def is_out_of_memory(error: Exception) -> bool:
    """Whether something was too large for the memory of the device or of the machine."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(part in str(error) for part in _OUT_OF_MEMORY)


def raise_worker_fault(error: Exception) -> None:
    """Raise what is certainly the worker's fault; return where it may be a document's.

    Raises:
        WorkerFault: As it came.
        DeviceFault: If the device is gone.
    """
    if isinstance(error, WorkerFault):
        raise error
    if is_out_of_memory(error):
        return
    gone = _AcceleratorError is not None and isinstance(error, _AcceleratorError)
    if gone or (isinstance(error, RuntimeError) and str(error).startswith(_DEVICE_GONE)):
        raise DeviceFault(f"the device is gone ({type(error).__name__})") from error
