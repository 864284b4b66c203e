"""A request: what the node's parent knows of a task that a child runs. When the child dies in it,
maintenance learns of it at once, and how.
"""

from __future__ import annotations

from typing import Any

from billiard.einfo import ExceptionWithTraceback
from billiard.exceptions import WorkerLostError
from celery.worker.request import Request

from workers.node import child_exit
from workers.node.child_exit import parse_exit


class JobRequest(Request):  # type: ignore[misc]
    """Wakes maintenance when a child dies, so that the jobs it held are free within a second."""

    def on_failure(self, exc_info: Any, **options: Any) -> Any:
        """Note how a child ended; Celery calls this in the parent, also when the child is gone."""
        error = exc_info.exception
        if isinstance(error, ExceptionWithTraceback):
            error = error.exc
        if isinstance(error, WorkerLostError | SystemExit):
            if self.worker_pid:
                child_exit.record_exit(self.worker_pid, parse_exit(str(error)))
            # Celery would log its own frames, as if they were at fault.
            options["return_ok"] = True
        return super().on_failure(exc_info, **options)
