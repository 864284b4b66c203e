"""Checkpoints of a training that is going on: which of them is whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: Written last of all.
STATE = "trainer_state.json"
_NEEDED = ("optimizer.pt", "scheduler.pt", STATE)
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "adapter_model.safetensors")


def newest(work: Path, processes: int) -> Path | None:
    """The newest checkpoint that was written to its end; None if there is none.

    A process that is killed leaves one half written, or one half deleted.

    Args:
        work: The folder that they lie in.
        processes: That train together: each has a file of its own.
    """
    found = [path for path in work.glob("checkpoint-*") if path.name[11:].isdecimal()]
    for path in sorted(found, key=lambda one: int(one.name[11:]), reverse=True):
        if _is_whole(path, processes):
            return path
    return None


def history(checkpoint: Path) -> list[dict[str, Any]]:
    """What was logged until then."""
    state = json.loads((checkpoint / STATE).read_text("utf-8"))
    found: list[dict[str, Any]] = state["log_history"]
    return found


def _is_whole(folder: Path, processes: int) -> bool:
    states = (
        ["rng_state.pth"]
        if processes == 1
        else [f"rng_state_{number}.pth" for number in range(processes)]
    )
    try:
        history(folder)
    except (OSError, ValueError, KeyError):
        return False
    has_weights = any((folder / name).is_file() for name in _WEIGHTS)
    return has_weights and all((folder / name).is_file() for name in (*_NEEDED, *states))
