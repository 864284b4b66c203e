"""Upkeep: what every node does now and then, beside its work, so that no job is forgotten.

It runs in the node's parent process, in a thread; any number of nodes may do it at once.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from sqlalchemy import Engine

from schema.analyses import ANALYSES
from schema.celery_app import celery_app
from schema.database import open_engine
from schema.ledger.dispatch import dispatch
from schema.ledger.reap import reap
from schema.ledger.resend import resend
from schema.messages import Messages
from schema.settings import Settings, settings

logger = logging.getLogger(__name__)

_over = threading.Event()

#: Held during a step: a child forked in the middle of one would inherit locks on a SQLite file
#: that nobody ever releases (sqlite.org, "How To Corrupt An SQLite Database File", 2.6).
_stepping = threading.Lock()
os.register_at_fork(
    before=_stepping.acquire,
    after_in_parent=_stepping.release,
    after_in_child=_stepping.release,
)


def step(engine: Engine, messages: Messages, config: Settings) -> None:
    """Free what dead workers held, take back what Redis lost, and send what there is room for.

    Raises:
        SQLAlchemyError: If the database is away.
        BrokerError: If Redis is away.
    """
    reaped = reap(engine, config.max_attempts)
    if reaped.expired:
        logger.warning(
            "%d leases were over: %d jobs halved, %d dead",
            reaped.expired,
            reaped.halved,
            reaped.dead,
        )
    for analysis in ANALYSES:
        if lost := resend(engine, analysis, messages.depth(analysis), config.message_timeout):
            logger.warning("%s: %d messages were lost and are sent again", analysis, lost)
        dispatch(engine, messages.publish, analysis, config.window)


def start(**_signal: Any) -> None:
    """Begin when the node is ready."""
    config = settings()
    _over.clear()
    engine = open_engine(config.database)
    messages = Messages(celery_app())
    threading.Thread(
        target=_repeat, args=(engine, messages, config), name="upkeep", daemon=True
    ).start()


def stop(**_signal: Any) -> None:
    """End when the node shuts down: a node that leaves asks for no more work."""
    _over.set()


def _repeat(engine: Engine, messages: Messages, config: Settings) -> None:
    while True:
        with _stepping:
            try:
                step(engine, messages, config)
            except Exception as error:
                # Whatever it was, the next round may do better; a node without upkeep forgets jobs.
                logger.warning("upkeep waits: %s", type(error).__name__)
            finally:
                # A child that is forked now must not inherit a connection.
                engine.dispose()
        if _over.wait(config.upkeep):
            return
