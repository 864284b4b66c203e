"""A request: what the node's parent knows of a task that a child runs. When the child dies in it,
upkeep is told at once, and how.
"""

from __future__ import annotations

from typing import Any

from billiard.einfo import ExceptionWithTraceback
from billiard.exceptions import WorkerLostError
from celery.worker.request import Request

from workers.node import child_exit
from workers.node.child_exit import how_it_ended


class JobRequest(Request):  # type: ignore[misc]
    """Has upkeep look at once when a child dies; what it held is free in no time."""

    def on_failure(self, exc_info: Any, **options: Any) -> Any:
        """Called in the parent, also when the child is gone."""
        error = exc_info.exception
        if isinstance(error, ExceptionWithTraceback):
            error = error.exc
        if isinstance(error, WorkerLostError | SystemExit):
            if self.worker_pid:
                child_exit.child_died(self.worker_pid, how_it_ended(str(error)))
            # Celery would log its own frames, as if they were at fault.
            options["return_ok"] = True
        return super().on_failure(exc_info, **options)
