"""Upkeep: what every node does now and then, beside its work, so that no job is forgotten.

It runs in the node's parent process, in a thread; any number of nodes may do it at once.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from schema.analyses import ANALYSES
from schema.broker.messages import Messages
from schema.ledger.dispatch import dispatch
from schema.ledger.lose import lose
from schema.ledger.reap import reap
from schema.process import Process, machine
from schema.results import Failure
from schema.settings import Settings
from schema.worker_registry import seen, workers_on
from workers.node.child_exit import child_died, death_of, deaths, how_a_child_ended
from workers.node.lost_messages import LostMessages
from workers.node.outage_guard import OutageGuard
from workers.node.redis_outage import redis_outage
from workers.node.scoreboard import Scoreboard

logger = logging.getLogger(__name__)

#: Seconds between two looks at the processes of this machine.
WATCH = 1.0
#: Looks that the parent of a dead worker has to say how it died.
LOOKS = 4
#: Seconds that Redis gets to answer, and that the last look of a node may take.
REDIS_TIMEOUT, LAST_LOOK = 5.0, 3.0


class Maintenance:
    """A node's upkeep.

    Args:
        engine: The database.
        messages: Redis.
        config: Times and limits.
        board: What the node's children write on.
    """

    def __init__(
        self, engine: Engine, messages: Messages, config: Settings, board: Scoreboard
    ) -> None:
        self._engine = engine
        self._messages = messages
        self._config = config
        self._board = board
        self._neighbours: dict[str, Process] = {}
        self._puzzled: dict[Process, int] = {}
        self._struck: set[Process] = set()
        self._steadiness = OutageGuard(config)
        self._lost = LostMessages(engine, messages, config.message_timeout)

    def watch(self) -> bool:
        """Look at this machine's processes, without the database, and end children that hang.

        Returns:
            Whether a worker has died since the last step.
        """
        for pid in self._board.pop_overdue():
            logger.error("child %d hangs: no batch has ended within its limit; ending it", pid)
            limit = f"a batch took longer than {self._config.batch_timeout:g} s"
            child_died(pid, Failure("BatchTimeout", limit))
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not all(process.alive for process in self._neighbours.values())

    def step(self) -> None:
        """Free what dead workers held, take back what Redis lost, and send what there is room for.

        Raises:
            SQLAlchemyError: If the database is away.
            BrokerError: If Redis is away.
        """
        began = time.monotonic()
        try:
            self.look_around()
            self._reap(began)
        except SQLAlchemyError:
            self._steadiness.lost()
            raise
        if redis_outage.lasts:
            self._messages.probe()
        for analysis in ANALYSES:
            if lost := self._lost.take_back(analysis):
                logger.warning("%s: %d messages were lost and are sent again", analysis, lost)
            dispatch(self._engine, self._messages.publish, analysis, self._config.window)

    def look_around(self) -> None:
        """Find workers of this machine that live no more: what they held is free.

        Raises:
            SQLAlchemyError: If the database is away.
        """
        known = workers_on(self._engine, machine())
        alive = {name: process for name, process in known.items() if process.alive}
        gone = {name: process for name, process in known.items() if name not in alive}
        # Struck off already: the row of one that was not ready stays for a while.
        struck = self._struck.intersection(gone.values())
        puzzling = {n: one for n, one in gone.items() if one not in struck and self._puzzles(one)}
        self._puzzled = {one: self._puzzled.get(one, 0) + 1 for one in puzzling.values()}
        for name in puzzling:
            del gone[name]
        for name, process in gone.items():
            if held := lose(self._engine, name, process, death_of(process.pid)):
                logger.warning("worker %s (pid %d) is gone: %d jobs", name, process.pid, held)
        self._struck = set(gone.values())
        seen(self._engine, alive, gone)
        self._neighbours = alive | puzzling

    def _puzzles(self, process: Process) -> bool:
        """Whether to wait for the word of who knows how this process died: its parent alone."""
        parent = process.parent
        if process.pid in deaths:
            return False
        if parent == os.getpid() and (death := how_a_child_ended(process.pid)):
            child_died(process.pid, death)
            return False
        return self._puzzled.get(process, 0) < (1 if parent is None else LOOKS)

    def dispose(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def _reap(self, began: float) -> None:
        def is_steady(clock: datetime) -> bool:
            return self._steadiness.holds(clock, time.monotonic() - began)

        reaped = reap(self._engine, self._config.max_attempts, is_steady=is_steady)
        if reaped.expired:
            logger.warning(
                "%d leases were over: %d jobs halved, %d dead",
                reaped.expired,
                reaped.halved,
                reaped.dead,
            )
