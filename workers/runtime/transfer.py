"""Small tensors on their way to where a model computes, and back."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor there; the host does not wait for its copy."""
    if device.type == "cuda" and tensor.device.type == "cpu":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


class AsyncCopy:
    """A tensor on its way from a GPU, behind what the GPU has been told so far; whoever waits for
    it does not wait for what it is told after that.

    Args:
        tensor: On a GPU.
    """

    def __init__(self, tensor: Tensor) -> None:
        # It goes to pinned memory, or else the copy would not be on its own.
        self._copy = tensor.to("cpu", non_blocking=True)
        self._done: Any = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
        self._done.record(torch.cuda.current_stream(tensor.device))

    def wait(self) -> Tensor:
        """The tensor, here."""
        self._done.synchronize()
        return self._copy
