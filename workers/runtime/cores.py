"""How many cores this process may use: a container has fewer than its machine."""

from __future__ import annotations

import math
import os
from pathlib import Path

#: Where Linux says how much time of processors a container gets in how much time, by the version of
#: its control groups: in one file, or in two.
_QUOTAS = (
    ("/sys/fs/cgroup/cpu.max",),
    ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
)


def usable_cores() -> int:
    """Cores that this process may run on, and a container's limit allows; a part of one counts as
    one.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        cores = os.cpu_count() or 1
    limits = [limit for paths in _QUOTAS if (limit := _limit(paths)) is not None]
    return max(1, min([cores, *limits]))


def _limit(paths: tuple[str, ...]) -> int | None:
    try:
        quota, period = " ".join(Path(path).read_text("ascii") for path in paths).split()
    except (OSError, ValueError):
        return None
    # Without a limit it is `max`, or -1.
    return math.ceil(int(quota) / int(period)) if quota.isdigit() else None
