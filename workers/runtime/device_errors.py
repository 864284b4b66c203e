"""Errors of a device: out of memory, or lost to this process."""

from __future__ import annotations

import torch

from workers.errors import DeviceLostError, WorkerError

#: Known to newer versions of torch only.
_AcceleratorError: type[Exception] | None = getattr(torch, "AcceleratorError", None)

#: The last two are oneDNN's and cuBLAS's way to say so.
_OUT_OF_MEMORY = (
    *("can't allocate memory", "not enough memory", "out of memory"),
    *("could not create a primitive", "CUBLAS_STATUS_ALLOC_FAILED"),
)

_DEVICE_GONE = ("CUDA error", "CUDA driver error", "cuDNN error", "CUBLAS_STATUS")


def is_out_of_memory(error: Exception) -> bool:
    """Whether something was too large for the memory of the device or of the machine."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(part in str(error) for part in _OUT_OF_MEMORY)


def raise_worker_fault(error: Exception) -> None:
    """Raise what is certainly the worker's fault; return where it may be a document's.

    Raises:
        WorkerError: As it came.
        DeviceLostError: If the device is gone.
    """
    if isinstance(error, WorkerError):
        raise error
    if is_out_of_memory(error):
        return
    gone = _AcceleratorError is not None and isinstance(error, _AcceleratorError)
    if gone or (isinstance(error, RuntimeError) and str(error).startswith(_DEVICE_GONE)):
        raise DeviceLostError(f"the device is gone ({type(error).__name__})") from error
