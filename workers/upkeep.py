"""Upkeep: what every node does now and then, beside its work, so that no job is forgotten.

It runs in the node's parent process, in a thread; any number of nodes may do it at once.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from kombu.exceptions import OperationalError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

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


def step(engine: Engine, messages: Messages, config: Settings) -> None:
    """Free what dead workers held, take back what Redis lost, and send what there is room for.

    Raises:
        SQLAlchemyError: If the database is away.
        kombu.exceptions.OperationalError: If Redis is away.
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
        try:
            step(engine, messages, config)
        except (SQLAlchemyError, OperationalError, OSError) as error:
            logger.warning("upkeep waits: %s", type(error).__name__)
        finally:
            # A child that is forked now must not inherit a connection.
            engine.dispose()
        if _over.wait(config.upkeep):
            return
