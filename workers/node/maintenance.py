"""Maintenance: what every node repeats beside its work, so that no job is forgotten.

A round loses the jobs of dead workers, reaps jobs whose leases are over, resends lost messages and
dispatches more jobs; once a minute it brings rollups up to date. It runs in a thread of the node's
parent process; any number of nodes may do it at once.
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
from schema.database import DatabaseError
from schema.ledger.dispatch import dispatch
from schema.ledger.lose import lose
from schema.ledger.reap import reap
from schema.ledger.unblock import unblock_left_over
from schema.migrations.revision import RevisionError, check_revision
from schema.process import Process, machine
from schema.results import Failure
from schema.settings import Settings
from schema.views import refresh
from schema.worker_registry import seen, workers_on
from workers.node.child_exit import exit_of, exits, find_exit, record_exit
from workers.node.lost_messages import LostMessages
from workers.node.outage_guard import OutageGuard
from workers.node.redis_outage import redis_outage
from workers.node.scoreboard import Scoreboard

logger = logging.getLogger(__name__)

#: Seconds between two checks of the processes of this machine.
WATCHDOG_INTERVAL = 1.0
#: Checks within which the parent of a dead worker has to say how it ended.
EXIT_CHECKS = 4
#: Seconds between two rounds that work out rollups, and blocks of them at the most: some seconds of
#: one core, so that the first report after a long run need not do it all.
ROLLUP_INTERVAL, ROLLUP_BLOCKS = 60.0, 4
#: Seconds that Redis gets to answer, and that the last check of a node that ends may take.
REDIS_TIMEOUT, LAST_CHECK_TIMEOUT = 5.0, 3.0


class Maintenance:
    """Does the maintenance of one node; `maintenance_thread` repeats it.

    Args:
        engine: The database.
        messages: Redis.
        config: Times and limits.
        scoreboard: Where the node's children report.
    """

    def __init__(
        self, engine: Engine, messages: Messages, config: Settings, scoreboard: Scoreboard
    ) -> None:
        self._engine = engine
        self._messages = messages
        self._config = config
        self._scoreboard = scoreboard
        self._local_workers: dict[str, Process] = {}
        self._undetermined: dict[Process, int] = {}
        self._removed: set[Process] = set()
        self._outage_guard = OutageGuard(config)
        self._next_refresh = 0.0
        self._upgraded = False
        self._lost = LostMessages(engine, messages, config.message_timeout)

    def watch(self) -> bool:
        """End children that hang, and check this machine's workers without asking the database.

        Returns:
            Whether a worker of this machine has died since the last round.
        """
        for pid in self._scoreboard.pop_overdue():
            logger.error("child %d hangs: no batch has ended within its limit; ending it", pid)
            limit = f"a batch took longer than {self._config.batch_timeout:g} s"
            record_exit(pid, Failure("BatchTimeout", limit))
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not all(process.alive for process in self._local_workers.values())

    def step(self) -> None:
        """Do one round: free jobs of dead workers, take back what Redis has lost, fill the queues.

        Nothing is done before the database is upgraded to what this version needs.

        Raises:
            SQLAlchemyError: If the database is away.
            BrokerError: If Redis is away.
        """
        if not self._is_upgraded():
            return
        began = time.monotonic()
        try:
            self.check_liveness()
            self._reap(began)
        except SQLAlchemyError:
            self._outage_guard.record_outage()
            raise
        if left_over := unblock_left_over(self._engine):
            logger.warning("%d jobs waited for nothing any more, and are let go", left_over)
        if redis_outage.lasts:
            self._messages.probe()
        for analysis in ANALYSES:
            if lost := self._lost.take_back(analysis):
                logger.warning("%s: %d messages were lost and are sent again", analysis, lost)
            dispatch(self._engine, self._messages.publish, analysis, self._config.window)
        if began >= self._next_refresh:
            self._next_refresh = began + ROLLUP_INTERVAL
            refresh(self._engine, ROLLUP_BLOCKS)

    def check_liveness(self) -> None:
        """Find workers of this machine that are dead, and free the jobs that they held.

        Raises:
            SQLAlchemyError: If the database is away.
        """
        known = workers_on(self._engine, machine())
        alive = {name: process for name, process in known.items() if process.alive}
        gone = {name: process for name, process in known.items() if name not in alive}
        # Removed already: the row of one that was not ready stays for a while.
        removed = self._removed.intersection(gone.values())
        undetermined = {
            n: one for n, one in gone.items() if one not in removed and self._is_undetermined(one)
        }
        self._undetermined = {
            one: self._undetermined.get(one, 0) + 1 for one in undetermined.values()
        }
        for name in undetermined:
            del gone[name]
        for name, process in gone.items():
            if held := lose(self._engine, name, process, exit_of(process.pid)):
                logger.warning("worker %s (pid %d) is gone: %d jobs", name, process.pid, held)
        self._removed = set(gone.values())
        seen(self._engine, alive, gone)
        self._local_workers = alive | undetermined

    def _is_undetermined(self, process: Process) -> bool:
        """Whether to wait for its parent, which alone knows how this process has ended."""
        parent = process.parent
        if process.pid in exits:
            return False
        if parent == os.getpid() and (ended := find_exit(process.pid)):
            record_exit(process.pid, ended)
            return False
        return self._undetermined.get(process, 0) < (1 if parent is None else EXIT_CHECKS)

    def _is_upgraded(self) -> bool:
        """Whether the database is not older than this version; children say it if it is."""
        if not self._upgraded:
            try:
                check_revision(self._engine)
            except RevisionError as error:
                self._upgraded = error.is_newer
            except DatabaseError:
                # What the round asks next says what is wrong.
                return True
            else:
                self._upgraded = True
        return self._upgraded

    def dispose(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def _reap(self, began: float) -> None:
        def is_steady(clock: datetime) -> bool:
            return self._outage_guard.is_steady(clock, time.monotonic() - began)

        reaped = reap(self._engine, self._config.max_attempts, is_steady=is_steady)
        if reaped.expired:
            logger.warning(
                "%d leases were over: %d jobs halved, %d dead",
                reaped.expired,
                reaped.halved,
                reaped.dead,
            )
