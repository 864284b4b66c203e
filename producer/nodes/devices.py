"""The devices of this machine, counted without torch: a process that forks must not ask CUDA."""

from __future__ import annotations

import os
import shutil
import subprocess

from producer.errors import UsageError


def count_gpus() -> int:
    """The GPUs that a process started here would see."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([name for name in visible.split(",") if name and name != "-1"])
    if shutil.which("nvidia-smi") is None:
        return 0
    listed = subprocess.run(["nvidia-smi", "--list-gpus"], capture_output=True, text=True)
    return listed.stdout.count("GPU ") if listed.returncode == 0 else 0


def parse_devices(devices: str) -> list[str]:
    """Read `--devices`: `all` (every GPU, or the CPU where there is none), `cpu`, or `0,1,…`.

    Returns:
        `cpu` or `cuda:k`, one for each node.

    Raises:
        UsageError: If it is none of these, or a GPU is named twice.
    """
    if devices == "all":
        return [f"cuda:{index}" for index in range(count_gpus())] or ["cpu"]
    if devices == "cpu":
        return ["cpu"]
    indices = [part.strip() for part in devices.split(",")]
    if not all(index.isdigit() for index in indices) or len(set(indices)) != len(indices):
        raise UsageError(f"--devices {devices}: give all, cpu, or the numbers of GPUs, e.g. 0,1")
    return [f"cuda:{index}" for index in indices]
