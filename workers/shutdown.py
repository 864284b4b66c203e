"""Shutdown: what the first signal to end begins, and what the second one does.

The first (SIGTERM, Ctrl-C) lets running jobs finish for `TRIAGE_GRACE` seconds, then has them
released; the second releases them at once. Either way Celery's warm shutdown goes on behind it, and
ends as soon as the children have.
"""

from __future__ import annotations

import logging
import signal
from typing import Any

from schema.settings import settings
from workers import upkeep
from workers.board import node_board

logger = logging.getLogger(__name__)


def begin(how: str = "Warm", **_signal: Any) -> None:
    """Called by Celery in the parent, in its handler of the first signal."""
    upkeep.stop()
    grace = 0.0 if how == "Cold" else settings().grace
    node_board.stop(grace)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _at_once)
    logger.info("the node ends: running jobs have %g s", grace)


def _at_once(_number: int, _frame: Any) -> None:
    node_board.stop(0)
