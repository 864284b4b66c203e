"""The log of a node: Celery's own lines and ours, by the same settings, and whom each concerns.

A child notes its name here, and the jobs that it holds. So a line that knows only the id of its job
says the rest as well, and one that knows no job (a model was loaded meanwhile, say) its worker.
"""

from __future__ import annotations

import logging
import re
import sys
from logging.handlers import WatchedFileHandler
from typing import Any

from billiard.util import get_logger as get_pool_logger
from celery.apps import worker as celery_worker

from schema.ledger.claim import Claim
from schema.logs import make_formatter
from schema.settings import settings

#: The jobs in hand of this process, by their ids. Single operations of a dictionary, so that no
#: lock is needed, which a child could inherit locked.
_held: dict[int, dict[str, Any]] = {}


#: Celery's loggers whose lines are about one task, and its arguments as they have them.
_OF_TASKS = ("celery.worker.strategy", "celery.app.trace")
_ARGUMENTS = re.compile(r"\((\d+),\)")


class _Concerned(logging.Filter):
    """Adds to a record which worker, or node, writes it; to one of Celery's, whose job it is."""

    worker: str | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with its worker."""
        if self.worker is not None:
            record.__dict__.setdefault("worker", self.worker)
        arguments = record.args.get("args") if isinstance(record.args, dict) else None
        if record.name in _OF_TASKS and (found := _ARGUMENTS.fullmatch(str(arguments))):
            record.__dict__.update(about(int(found[1])))
        return True


_concerned = _Concerned()


def set_up(loglevel: int | str | None = None, logfile: str | None = None, **_signal: Any) -> None:
    """Set logging up; Celery calls this in place of its own way, in each process of a node.

    Args:
        loglevel: What Celery's `--loglevel` says; it can make the log say more, not less.
        logfile: What its `--logfile` says; None for standard error.
    """
    config = settings()
    level = logging.getLevelName(config.log_level)
    if isinstance(loglevel, int) and loglevel:
        level = min(level, loglevel)
    handler: logging.Handler = logging.StreamHandler(sys.__stderr__)
    if logfile:
        handler = WatchedFileHandler(logfile, encoding="utf-8")
    handler.setFormatter(make_formatter(config.log_format))
    handler.addFilter(_concerned)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Warnings of Python are lines, too.
    logging.captureWarnings(True)
    pool = get_pool_logger()
    pool.handlers[:] = [handler]
    pool.setLevel(logging.ERROR)


def begin_node(sender: str, instance: Any, **_signal: Any) -> None:
    """Begin the log of a node; Celery calls this before it does anything else."""
    _concerned.worker = sender
    if settings().log_format == "json":
        # Celery prints a picture of itself, and, when it is told to end, a line that is no JSON.
        instance.quiet = True
        celery_worker.safe_say = lambda *_said, **_options: None


def name_worker(name: str) -> None:
    """Note the name of this child, e.g. `gpu0@host/0`: from here on it is on each of its lines."""
    _concerned.worker = name


def about(concerned: Claim | int) -> dict[str, Any]:
    """What a line that concerns a job has to say of it, as `extra` of a logger's call.

    Args:
        concerned: The claim, or the job's id where there is none yet, or none any more.
    """
    if isinstance(concerned, int):
        return _held.get(concerned, {"job": concerned})
    return {
        "run": concerned.run_id,
        "job": concerned.job_id,
        "attempt": concerned.attempts,
        "analysis": concerned.analysis,
    }


def hold(claim: Claim) -> None:
    """Note that this process holds a job."""
    _held[claim.job_id] = about(claim)


def drop(job_id: int) -> None:
    """Note that it does not any more."""
    _held.pop(job_id, None)
