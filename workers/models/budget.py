"""How much memory models may take together, where TRIAGE_MODEL_MEMORY does not say it."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from workers.runtime.gpu_memory import memory_of

#: Of the memory that a child has, what models may take: the rest is for what they compute, and for
#: the caches of texts that are being written.
_SHARE = 0.5
#: Where Linux says how much a container may take, by the version of its control groups.
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def model_budget(setting: int | None, device: str, processes: int) -> int:
    """The bytes that the models of this process may take together.

    Args:
        setting: What the user says, or None.
        device: `cpu` or `cuda:0`, of which this process has its part already (`share_memory`).
        processes: Children of the node, which share the machine.
    """
    if setting is not None:
        return setting
    place = torch.device(device)
    if place.type == "cuda" and torch.cuda.is_available():
        return int(memory_of(place) * _SHARE)
    return int(machine_memory() * _SHARE / max(1, processes))


def machine_memory() -> int:
    """Bytes of RAM that this machine has, or this container may take."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *(limit for path in _LIMITS if (limit := _limit(Path(path))))])


def _limit(path: Path) -> int | None:
    try:
        text = path.read_text("ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
