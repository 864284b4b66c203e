"""A stage: a Redis, a database, two nodes and a producer, all of them real, and all of one seed."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar

import psutil
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from producer.nodes.lifetime import dying_with_us
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from tests.chaos.catalog import write_catalog
from tests.chaos.databases import Postgres, Sqlite
from tests.chaos.feedback import ANALYSES, Delivery, Feedback, Pool, write_delivery
from tests.chaos.ledger import finished_runs, open_jobs, stored_documents, take_snapshot
from tests.chaos.node import Node
from tests.chaos.redis_server import RedisServer
from tests.chaos.sabotage import ARMED
from tests.support.waiting import wait_until

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
#: Seconds after which a stage that does not move on has failed: on two cores with much other work a
#: node takes more than two minutes to load its models.
PATIENCE = 400.0
#: Short times, so that recovery takes seconds. Chance kills more than a document may in reality:
#: with the usual three attempts an innocent document that stands alone would now and then be given
#: up, and rightly so.
MAX_ATTEMPTS = 5
SETTINGS = {
    "TRIAGE_DEVICE": "cpu",
    "TRIAGE_THREADS": "1",
    "TRIAGE_JOB_SIZE": "8",
    "TRIAGE_LEASE": "4",
    "TRIAGE_HEARTBEAT": "1",
    "TRIAGE_UPKEEP": "1",
    "TRIAGE_MESSAGE_TIMEOUT": "3",
    "TRIAGE_MAX_ATTEMPTS": str(MAX_ATTEMPTS),
    "TRIAGE_GRACE": "3",
}
#: Jobs that wait when it is time for the next run.
LOW = 12
#: Rows that a producer stores in a transaction: of each, 16 jobs are made, or more.
BLOCK = 128
#: Seconds: TRIAGE_LEASE, and what a process has to be stopped for to lose it.
LEASE = 4.0


class Stage:
    """All that a chaos run plays with.

    Args:
        kind: `sqlite` or `postgresql`.
        seed: Decides what is ingested.
        folder: Empty; all files and logs go there.
    """

    #: Settings that differ from those of other stages.
    settings: Mapping[str, str] = {}

    def __init__(self, kind: str, seed: str, folder: Path) -> None:
        self.folder = folder
        self.seed = seed
        self.pool = Pool(seed, size=160)
        self.deliveries: dict[str, Delivery] = {}
        #: Set when the play is to end early.
        self.over = threading.Event()
        self._armed = folder / "armed"
        self._numbers = itertools.count(1)
        self.start_servers(kind)
        self.environment = self._environment()
        self.engine = open_engine(self.database.url)
        upgrade(self.engine)
        # Each takes from its first queue first: so none has to wait until the others are empty.
        self.nodes = [
            Node("node0", ANALYSES, self.environment, folder, self.prefix("node0")),
            Node("node1", ANALYSES[::-1], self.environment, folder, self.prefix("node1")),
        ]

    def start_servers(self, kind: str) -> None:
        """Start the database and Redis."""
        self.database: Postgres | Sqlite = (
            Postgres(self.folder) if kind == "postgresql" else Sqlite(self.folder)
        )
        self.redis = RedisServer(self.folder / "home")

    def prefix(self, node: str) -> Sequence[str]:
        """A command that runs that of a node."""
        return ()

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")
        }
        return (
            inherited
            | SETTINGS
            | dict(self.settings)
            | {
                "TRIAGE_MODELS": str(write_catalog(self.folder)),
                "TRIAGE_HOME": str(self.folder / "home"),
                "TRIAGE_REJECTS": str(self.folder),
                "TRIAGE_DATABASE_URL": self.database.url,
                "TRIAGE_REDIS_URL": self.redis.url,
                "CUDA_VISIBLE_DEVICES": "",
                "PYTHONPATH": str(ROOT),
                ARMED: str(self._armed),
            }
        )

    @property
    def kind(self) -> str:
        """Of the database."""
        return self.database.kind

    def arm(self) -> None:
        """From now on planted documents do harm, and models are slow."""
        self._armed.touch()

    def disarm(self) -> None:
        """Let the models be fast again; only when no harm is waiting."""
        self._armed.unlink(missing_ok=True)

    def pass_time(self, seconds: float) -> None:
        """How long a fault lasts."""
        threading.Event().wait(seconds)

    def ask(self, question: Callable[[Connection], T]) -> T | None:
        """An answer of the database; None while it is away."""
        try:
            with reading(self.engine) as connection:
                return question(connection)
        except DBAPIError:
            return None

    def ask_until(self, question: Callable[[Connection], T | None], what: str) -> T:
        """The first answer that is true."""
        return wait_until(lambda: self.ask(question), PATIENCE, what)

    # -- ingestion ---------------------------------------------------------------------------

    def new_name(self, word: str) -> str:
        """A name for a run that a fault brings; the n-th is the same for the same seed."""
        return f"{word}-{next(self._numbers):04}"

    def deliver(
        self,
        run: str,
        analyses: tuple[str, ...],
        documents: tuple[Feedback, ...],
        chance: Random,
        *,
        fresh: bool = True,
    ) -> Delivery:
        """A file of these documents, not yet ingested; unless `fresh`, their run takes results that
        are stored already, and a document that does harm to a model does none.
        """
        # As in the undisturbed run: without languages every model would read all.
        first = tuple(dict.fromkeys(("language", *analyses)))
        delivery = write_delivery(self.folder, run, first, documents, chance)
        delivery = replace(delivery, fresh=fresh)
        self.deliveries[run] = delivery
        return delivery

    def start_producer(
        self, delivery: Delivery, block_size: int = BLOCK
    ) -> subprocess.Popen[bytes]:
        """`triage ingest`, as a process."""
        with (self.folder / "producer.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "producer", "ingest", str(delivery.path)]
                + ["--run", delivery.run, "--source", delivery.run]
                + ["--analyses", ",".join(delivery.analyses)]
                + ["--fresh"] * delivery.fresh,
                env=self.environment | {"TRIAGE_BLOCK_SIZE": str(block_size)},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dying_with_us(),
            )

    def wait_for_documents(
        self, producer: subprocess.Popen[bytes], run: str, wanted: int
    ) -> int | None:
        """Wait until a producer has stored more documents than that, or has ended; how many."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            stored = self.ask(lambda connection: stored_documents(connection, run))
            if producer.poll() is not None or (stored is not None and stored > wanted):
                return stored
            # A block takes milliseconds, and it is to be caught in the middle of its file.
            threading.Event().wait(0.002)
        raise TimeoutError(f"{run} is not ingested; see producer.log")

    def ingest(self, delivery: Delivery) -> int:
        """Run `triage ingest` again until it has ended well; how often it was run."""
        deadline = time.monotonic() + PATIENCE
        tries = 1
        while self.start_producer(delivery).wait() != 0:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{delivery.run} cannot be ingested; see producer.log")
            tries += 1
        return tries

    # -- the ledger --------------------------------------------------------------------------

    def wait_until_finished(self, seconds: float = PATIENCE) -> None:
        """Wait until every delivery is ingested and nothing is left to do."""

        def finished(connection: Connection) -> bool:
            names = finished_runs(connection)
            return names >= self.deliveries.keys() and open_jobs(connection) == 0

        wait_until(lambda: self.ask(finished), seconds, "all runs are finished")

    def is_low(self) -> bool:
        """Whether the nodes will soon have nothing to do."""
        snapshot = self.ask(take_snapshot)
        return snapshot is not None and snapshot.waiting < LOW

    # -- processes ---------------------------------------------------------------------------

    def left_behind(self) -> list[psutil.Process]:
        """Workers and producers of this stage that nobody waits for any more."""
        mark = self.environment[ARMED]
        found = []
        for process in psutil.process_iter():
            try:
                if process.pid != os.getpid() and process.environ().get(ARMED) == mark:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def end_nodes(self) -> None:
        """SIGTERM to all; none may be left behind."""
        for node in self.nodes:
            if node.alive:
                node.process.terminate()
        for node in self.nodes:
            node.process.wait(PATIENCE)

    def close(self) -> None:
        """End everything that still runs."""
        self.over.set()
        for process in self.left_behind():
            process.send_signal(signal.SIGKILL)
        for node in self.nodes:
            node.process.wait()
        self.engine.dispose()
        self.redis.stop()
        self.database.stop()

    def tails(self, lines: int = 40) -> list[str]:
        """The ends of all logs."""
        said = []
        for path in sorted(self.folder.glob("*.log")):
            said.append(f"--- {path}")
            said += path.read_text("utf-8", errors="replace").splitlines()[-lines:]
        return said
