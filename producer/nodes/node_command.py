"""A node: the command line and the environment of one Celery worker, pinned to one device."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence

from producer.errors import UsageError
from schema.analyses import queue_name
from schema.settings import Settings

DEVICE = re.compile(r"cpu|cuda:(\d+)")


def node_command(name: str, analyses: Sequence[str], concurrency: int) -> list[str]:
    """The command that is one node, which also works by hand.

    Args:
        name: Unique on this host.
        analyses: Whose queues are consumed.
        concurrency: Children.
    """
    return [
        *(sys.executable, "-m", "workers", "worker"),
        *("--pool", "prefork", "--concurrency", str(concurrency)),
        *("--hostname", f"{name}@%h"),
        *("--queues", ",".join(map(queue_name, analyses))),
        # Nodes agree through the ledger, not with each other.
        *("--without-gossip", "--without-mingle"),
        # What is logged is said by the settings; this can only make it more.
        *("--loglevel", "CRITICAL"),
    ]


def node_environment(config: Settings, device: str, redis_url: str) -> dict[str, str]:
    """The environment of a node: its broker, and its device as the only one that it sees.

    CUDA reads `CUDA_VISIBLE_DEVICES` once, when torch first asks; so it has to stand here, before
    the process begins, and the one visible device is then `cuda:0` whichever it is.

    Args:
        config: The settings of this process.
        device: `auto` (all devices stay visible), `cpu`, or `cuda:k`.
        redis_url: The broker.

    Raises:
        UsageError: If the device is none.
    """
    environment = dict(os.environ) | {"TRIAGE_REDIS_URL": redis_url, "TRIAGE_DEVICE": device}
    if device == "auto":
        return environment
    found = DEVICE.fullmatch(device)
    if found is None:
        raise UsageError(f"--device {device}: give cpu or cuda:0, cuda:1, …")
    if found[1] is None:
        return environment | {"CUDA_VISIBLE_DEVICES": ""}
    return environment | {
        "CUDA_VISIBLE_DEVICES": visible_gpu(int(found[1]), os.environ),
        "TRIAGE_DEVICE": "cuda:0",
    }


def visible_gpu(index: int, environment: Mapping[str, str]) -> str:
    """The GPU that `cuda:index` means when only some are visible to us already.

    Raises:
        UsageError: If fewer are visible.
    """
    visible = environment.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return str(index)
    names = [name for name in visible.split(",") if name]
    if index >= len(names):
        raise UsageError(
            f"--device cuda:{index}: CUDA_VISIBLE_DEVICES={visible} shows {len(names)} GPUs"
        )
    return names[index]
