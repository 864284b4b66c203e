"""Threads that torch computes with on the CPU. Free of torch until called."""

from __future__ import annotations

import os


def limit_threads(count: int, sharers: int = 1) -> int:
    """Set torch's intra-op threads; to be called before anything else imports torch.

    Args:
        count: Threads; 0 means as many as there are cores for each sharer.
        sharers: Processes that compute on this machine.

    Returns:
        The threads that it has come to.
    """
    # OpenMP's threads spin while they wait for each other. On a core that another process wants
    # too, that makes small models some ten times slower; asleep, they cost a few microseconds.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    threads = count or max(1, (os.cpu_count() or 1) // sharers)
    torch.set_num_threads(threads)
    return threads
