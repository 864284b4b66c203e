"""Threads that torch computes with on the CPU. Free of torch until called."""

from __future__ import annotations

import os

from workers.runtime.cores import usable_cores

#: Turns that a waiting thread of GNU's OpenMP takes before it sleeps: some microseconds.
SPINS = "1000"


def limit_threads(count: int, sharers: int = 1) -> int:
    """Set torch's intra-op threads; to be called before anything else imports torch.

    Args:
        count: Threads; 0 means as many as there are cores for each sharer, of a container those
            that its limit allows.
        sharers: Processes that compute on this machine.

    Returns:
        The threads that it has come to.
    """
    # OpenMP's threads spin while they wait for each other. On a core that another process wants
    # too, that makes small models some ten times slower; to sleep at once costs a third of the
    # speed of a machine of one's own. Measured: a short while loses little in both cases.
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    import torch

    threads = count or max(1, usable_cores() // sharers)
    torch.set_num_threads(threads)
    return threads
