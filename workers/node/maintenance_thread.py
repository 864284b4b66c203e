"""The thread that repeats maintenance, and the lock that keeps forks out of it."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from schema.broker.app import make_app
from schema.broker.messages import BrokerError, Messages
from schema.database import open_engine
from schema.database.reasons import reason_of
from schema.settings import Settings, settings
from workers.node.child_exit import wake
from workers.node.maintenance import (
    LAST_CHECK_TIMEOUT,
    REDIS_TIMEOUT,
    WATCHDOG_INTERVAL,
    Maintenance,
)
from workers.node.redis_outage import redis_outage
from workers.node.scoreboard import node_scoreboard
from workers.node.vitals import vitals

logger = logging.getLogger(__name__)

_over = threading.Event()

#: Seconds between two rounds at the least, in which children are forked.
SHORTEST_PAUSE = 0.1
#: Held during a round: a child forked in the middle of one would inherit locks on a SQLite file
#: that nobody ever releases (sqlite.org, "How To Corrupt An SQLite Database File", 2.6).
_stepping = threading.Lock()


os.register_at_fork(
    before=_stepping.acquire,
    after_in_parent=_stepping.release,
    after_in_child=_stepping.release,
)


def start(**_signal: Any) -> None:
    """Start the thread; Celery calls this when the node is ready."""
    _over.clear()
    maintenance = _make_maintenance()
    threading.Thread(target=_repeat, args=(maintenance,), name="maintenance", daemon=True).start()


def stop(**_signal: Any) -> None:
    """End the thread; Celery calls this when the node shuts down, and asks for no more work."""
    _over.set()
    wake.set()


def leave(**_signal: Any) -> None:
    """Take the children, which are gone, off the list of workers; Celery calls this at the end."""

    def check() -> None:
        maintenance = _make_maintenance()
        for _ in range(2):
            _round(maintenance, maintenance.check_liveness)

    # The node ends also while the database is away.
    thread = threading.Thread(target=check, daemon=True)
    thread.start()
    thread.join(LAST_CHECK_TIMEOUT)


def _make_maintenance() -> Maintenance:
    config = settings()
    # Behind a longer wait for a lock the leases are stale: nobody could renew them meanwhile.
    engine = open_engine(config.database, config.lease, lock_timeout=config.heartbeat)
    return Maintenance(engine, Messages(make_app(config, REDIS_TIMEOUT)), config, node_scoreboard)


def between_rounds(config: Settings) -> float:
    """Seconds between two rounds: so few that a lock on the ledger which outlasts a lease is there
    in one of them at least, and is noticed.
    """
    return min(config.upkeep, config.heartbeat / 2)


def _repeat(maintenance: Maintenance) -> None:
    due = 0.0
    while not _over.is_set():
        if maintenance.watch() or wake.is_set() or time.monotonic() >= due:
            wake.clear()
            began = time.monotonic()
            _round(maintenance, maintenance.step)
            # From its begin: on a host that is far too busy a round takes seconds, and the outage
            # guard takes what is more than a heartbeat between two for an outage.
            due = max(began + between_rounds(settings()), time.monotonic() + SHORTEST_PAUSE)
        vitals.write()
        wake.wait(_pause(due))


def _pause(due: float) -> float:
    """Seconds until the next look at the processes or the next round, whichever comes first.

    A round that came later than it was due would take the time since the last one for an outage,
    in which no worker could renew its lease, and so no lease would ever end.
    """
    return min(WATCHDOG_INTERVAL, max(0.0, due - time.monotonic()))


def _round(maintenance: Maintenance, step: Callable[[], None]) -> None:
    with _stepping:
        try:
            step()
        except BrokerError as error:
            redis_outage.note(str(error))
        except SQLAlchemyError as error:
            logger.warning("maintenance waits, and expired leases with it: %s", reason_of(error))
        except Exception as error:
            # Whatever it was, the next round may do better; without maintenance jobs are forgotten.
            logger.warning(
                "maintenance failed (%s): next round in %g s; expired leases wait until then",
                type(error).__name__,
                between_rounds(settings()),
            )
        finally:
            # A child that is forked now must not inherit a connection.
            maintenance.dispose()
