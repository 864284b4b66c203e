"""A play: fault after fault on a stage, each followed by recovery and a look at the books."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from sqlalchemy import Connection

from tests.chaos.books import EVERYTHING, Books
from tests.chaos.comparison import Difference
from tests.chaos.faults import Fault, Struck
from tests.chaos.feedback import ANALYSES
from tests.chaos.feeder import Feeder
from tests.chaos.ledger import Snapshot, finished_runs, has_moved_on, take_snapshot
from tests.chaos.stage import Stage
from tests.support.waiting import wait_until

#: Seconds in which a stage has to recover from a fault, on however busy a machine.
RECOVERY = 600.0
#: Seconds that the next fault waits for a run with a planted document.
LONG_ENOUGH = 60.0
#: Seconds for what is still waiting at the end.
REST = 900.0


@dataclass(frozen=True, slots=True)
class Record:
    """A fault, and how it went.

    Attributes:
        seconds: From the end of the fault until another job was done, and every job that ran when
            it struck was done or claimed anew; where it lost messages, also every job whose
            message was in Redis.
    """

    number: int
    database: str
    fault: str
    target: str
    seconds: float


#: Seconds for the run that nothing disturbs, in which all documents go through all analyses; beside
#: other tests on two cores it takes two minutes.
UNDISTURBED = 1_800.0


class Play:
    """Everything that happens on a stage.

    Args:
        stage: Just built.
        say: Where lines of the log go.
    """

    def __init__(self, stage: Stage, say: Callable[[str], None]) -> None:
        self._stage = stage
        self._say = say
        self._feeder = Feeder(stage)
        #: Set while the play is to pause.
        self.paused = threading.Event()
        self.records: list[Record] = []
        #: Nodes that have ended though nobody told them to.
        self.deserted: list[str] = []

    def run(self, faults: Sequence[tuple[Fault, Random]]) -> Difference:
        """All faults, or those until the stage's play is over; then the rest of the work.

        Raises:
            BooksError: If something was lost, doubled or changed.
            TimeoutError: If the stage does not recover.
        """
        stage = self._stage
        books = self._undisturbed()
        stage.arm()
        self._feeder.start()
        try:
            for number, (fault, chance) in enumerate(faults, 1):
                self._wait_while_paused()
                if stage.over.is_set():
                    break
                self._one(number, fault, chance, books)
        finally:
            self._feeder.stop()
        self._raise_failure()
        stage.wait_until_finished(REST)
        difference = books.close()
        stage.end_nodes()
        left = [f"{process.pid} {process.name()}" for process in stage.left_behind()]
        if left:
            raise AssertionError(f"processes are left behind: {left}")
        self._say(f"{stage.kind}: all runs finished, triage verify ok, {difference}")
        return difference

    def _undisturbed(self) -> Books:
        stage, name = self._stage, "undisturbed"
        began = time.monotonic()
        chance = Random(f"{stage.seed}/undisturbed")
        stage.ingest(stage.deliver(name, ANALYSES, stage.pool.all, chance))
        stage.wait_until_finished(UNDISTURBED)
        self._say(
            f"{stage.kind}: undisturbed run of {len(stage.pool.all)} documents, "
            f"{time.monotonic() - began:.1f} s"
        )
        return Books(stage, name)

    def _one(self, number: int, fault: Fault, chance: Random, books: Books) -> None:
        stage = self._stage
        before = stage.ask_until(_busy, "work is in progress")
        struck = fault.strike(stage, chance)
        seconds = self._recover(fault, struck, before)
        self._raise_failure()
        self._look_at_nodes()
        said = books.check(everything=number % EVERYTHING == 0)
        record = Record(number, stage.kind, fault.name, struck.target, seconds)
        self.records.append(record)
        self._say(
            f"{number:4} {record.database:10} {record.fault}: {record.target}; "
            f"going on after {seconds:.1f} s; {said}"
        )

    def _recover(self, fault: Fault, struck: Struck, before: Snapshot) -> float:
        """Seconds until the work goes on."""
        stage = self._stage
        began = time.monotonic()
        held = before.running | (before.queued if fault.loses_messages else {})
        after = stage.ask_until(take_snapshot, "the ledger can be read")

        def recovered(connection: Connection) -> bool:
            return take_snapshot(connection).closed > after.closed and has_moved_on(
                connection, held
            )

        wait_until(lambda: stage.ask(recovered), RECOVERY, f"recovery from: {fault.name}")
        if struck.run is not None:
            finished = partial(_has_finished, run=struck.run)
            # Longer only when other faults still hold it up; the end looks at it once more.
            with contextlib.suppress(TimeoutError):
                wait_until(lambda: stage.ask(finished), LONG_ENOUGH)
        return time.monotonic() - began

    def _look_at_nodes(self) -> None:
        for node in self._stage.nodes:
            if not node.alive:
                self.deserted.append(f"{node.name}, exit code {node.process.returncode}")
                self._say(f"{self._stage.kind}: {self.deserted[-1]} though nobody told it to end")
                node.start_again()

    def _raise_failure(self) -> None:
        if self._feeder.failure is not None:
            raise self._feeder.failure

    def _wait_while_paused(self) -> None:
        if not self.paused.is_set():
            return
        self._say(f"{self._stage.kind}: paused")
        self._feeder.pause(True)
        while self.paused.is_set() and not self._stage.over.wait(1):
            pass
        self._feeder.pause(False)


def _has_finished(connection: Connection, run: str) -> bool:
    return run in finished_runs(connection)


def _busy(connection: Connection) -> Snapshot | None:
    snapshot = take_snapshot(connection)
    return snapshot if snapshot.running else None
