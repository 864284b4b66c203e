"""Memory: how much of a GPU's this process may take, and what a decoder may keep in it."""

from __future__ import annotations

import torch

#: Of a GPU with several children, what all together may take: each has a context besides, of some
#: hundred megabytes, which is not torch's.
_SHARED = 0.9

_parts: dict[torch.device, float] = {}


def share_memory(device: str, sharers: int) -> None:
    """Take no more than a fair part of a GPU's memory, so that of several processes none starves
    the others. On a CPU, and for one alone, nothing is limited.

    Args:
        device: `cpu` or `cuda:0`.
        sharers: Processes that compute on it.
    """
    place = torch.device(device)
    # Where there is no GPU, whoever loads a model on it says so.
    if place.type == "cuda" and sharers > 1 and torch.cuda.is_available():
        place = torch.device("cuda", place.index or 0)
        _parts[place] = _SHARED / sharers
        torch.cuda.set_per_process_memory_fraction(_parts[place], place)


def memory_of(device: torch.device) -> int:
    """Bytes of a GPU that this process may take."""
    whole = torch.cuda.get_device_properties(device).total_memory
    return int(whole * _parts.get(torch.device("cuda", device.index or 0), 1.0))
