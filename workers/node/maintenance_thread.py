"""The thread that repeats maintenance, and the lock that keeps forks out of it."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from schema.broker.app import make_app
from schema.broker.messages import BrokerError, Messages
from schema.database import open_engine
from schema.settings import Settings, settings
from workers.node.child_exit import wake
from workers.node.maintenance import LAST_LOOK, REDIS_TIMEOUT, WATCH, Maintenance
from workers.node.redis_outage import redis_outage
from workers.node.scoreboard import node_scoreboard
from workers.node.vitals import vitals

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


def start(**_signal: Any) -> None:
    """Begin when the node is ready."""
    _over.clear()
    upkeep = _upkeep()
    threading.Thread(target=_repeat, args=(upkeep,), name="upkeep", daemon=True).start()


def stop(**_signal: Any) -> None:
    """End when the node shuts down: a node that leaves asks for no more work."""
    _over.set()
    wake.set()


def leave(**_signal: Any) -> None:
    """At the end, when the children are gone: take them off the list of workers."""

    def look() -> None:
        upkeep = _upkeep()
        for _ in range(2):
            _round(upkeep, upkeep.look_around)

    # The node ends also while the database is away.
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(LAST_LOOK)


def _upkeep() -> Maintenance:
    config = settings()
    # Who waits for a lock longer than a heartbeat looks at a ledger that nobody could keep up.
    engine = open_engine(config.database, config.lease, lock_timeout=config.heartbeat)
    return Maintenance(engine, Messages(make_app(config, REDIS_TIMEOUT)), config, node_scoreboard)


def between_rounds(config: Settings) -> float:
    """Seconds between two rounds: few enough that a lock on the ledger does not begin and end
    between two of them, unseen, and is longer than a lease.
    """
    return min(config.upkeep, config.heartbeat / 2)


def _repeat(upkeep: Maintenance) -> None:
    due = 0.0
    while not _over.is_set():
        if upkeep.watch() or wake.is_set() or time.monotonic() >= due:
            wake.clear()
            _round(upkeep, upkeep.step)
            due = time.monotonic() + between_rounds(settings())
        vitals.write()
        wake.wait(_pause(due))


def _pause(due: float) -> float:
    """Seconds until the next look at the processes or the next round, whichever comes first.

    A round that came later than it was due would take the time since the last one for an outage,
    in which no worker could renew its lease, and so no lease would ever end.
    """
    return min(WATCH, max(0.0, due - time.monotonic()))


def _round(upkeep: Maintenance, step: Callable[[], None]) -> None:
    with _stepping:
        try:
            step()
        except BrokerError as error:
            redis_outage.note(str(error))
        except Exception as error:
            # Whatever it was, the next round may do better; a node without upkeep forgets jobs.
            logger.warning("upkeep waits: %s", type(error).__name__)
        finally:
            # A child that is forked now must not inherit a connection.
            upkeep.dispose()
