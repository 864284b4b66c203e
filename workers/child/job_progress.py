"""The progress of jobs that are computed: the deadline moves on, and lost leases are noticed."""

from __future__ import annotations

from workers.child.job_source import JobSource
from workers.node.scoreboard import Deadline
from workers.runtime.progress import Interruption


class JobProgress:
    """Hears of the steps of the engine, in the thread that asks it for results.

    Args:
        deadline: Of the child; moved on at every step.
        source: Knows the jobs that are being computed.
    """

    def __init__(self, deadline: Deadline, source: JobSource) -> None:
        self._deadline = deadline
        self._source = source

    def tick(self) -> None:
        """Note that work goes on.

        Raises:
            Interruption: If the last job that was being computed is no longer ours.
        """
        self._deadline.extend()
        if self._source.drop_lost():
            raise Interruption
