"""Processor time of everybody who takes part: our process, a tool, a server."""

from __future__ import annotations

import os

import psutil


def processor_seconds(server: int | None) -> float:
    """Seconds of processor time so far.

    Args:
        server: The process of a server, whose own children count, too; None where there is none.
            It has to have waited for those that have ended.
    """
    ours = os.times()
    spent = ours.user + ours.system + ours.children_user + ours.children_system
    if server is not None:
        parent = psutil.Process(server)
        times = parent.cpu_times()
        spent += times.user + times.system + times.children_user + times.children_system
        for child in parent.children():
            try:
                spent += sum(child.cpu_times()[:2])
            except psutil.NoSuchProcess:
                continue
    return spent
