"""From `kill -9` of a worker until its job runs again: median and worst, with default settings.

python -m benchmarks.faults.recovery [--kills 30] [--node-kills 30] [--lease-kills 5]
    [--idle-kills 10] [--database sqlite|postgresql]

Three ways: a child is killed, and a node on its machine sees it; a whole node is killed, and
another node on its machine sees it; a whole node is killed, and the only other node is on another
machine (a namespace with another host name, by `unshare`), so that the lease has to run out. There
is one job at a time and an idle worker to take it over: what is measured is recovery, not the
queue. Besides: how long jobs wait that are sent while the child that replaces a killed one loads
its models, and a warm node has nothing to do.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from pydantic import SecretStr
from sqlalchemy import Engine, select

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import open_engine, reading
from schema.ledger.dispatch import dispatch
from schema.migrations.revision import upgrade
from schema.settings import Settings
from schema.tables import Job, JobState, Worker, WorkerState
from tests.chaos.databases import Postgres, Sqlite
from tests.chaos.node import Node
from tests.chaos.redis_server import RedisServer
from tests.chaos.sabotage import ARMED
from tests.support.ledger import make_run
from tests.support.waiting import wait_until

PATIENCE = 180.0
#: Several batches, so that the job runs for some seconds with models that are slowed down.
TEXTS = ["The parcel was late, and nobody at the counter could tell me where it was."] * 60
#: Jobs that are sent after each kill of an idle worker.
FOLLOWING = 2
ELSEWHERE = [
    "unshare",
    "--map-root-user",
    "--uts",
    "sh",
    "-c",
    'hostname elsewhere; exec "$@"',
    "-",
]

Kill = Callable[[Node], None]


class Machine:
    """Two nodes, a Redis, a database, and one job after the other.

    Args:
        kind: Of the database.
        folder: Empty.
        elsewhere: Whether the second node is on another machine.
    """

    def __init__(self, kind: str, folder: Path, elsewhere: bool) -> None:
        folder.chmod(0o755)
        self.database = Postgres(folder) if kind == "postgresql" else Sqlite(folder)
        self.redis = RedisServer(folder / "home")
        (folder / "armed").touch()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")
        } | {
            "TRIAGE_DATABASE_URL": self.database.url,
            "TRIAGE_REDIS_URL": self.redis.url,
            "TRIAGE_DEVICE": "cpu",
            "TRIAGE_THREADS": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            ARMED: str(folder / "armed"),
        }
        self.engine: Engine = open_engine(self.database.url)
        upgrade(self.engine)
        config = Settings(
            redis_url=SecretStr(self.redis.url),
            _env_file=None,  # type: ignore[call-arg]
        )
        self._messages = Messages(make_app(config))
        self._window = config.window
        self.nodes = [
            Node("node0", ["sentiment"], environment, folder),
            Node("node1", ["sentiment"], environment, folder, ELSEWHERE if elsewhere else ()),
        ]
        self._runs = 0

    def recover(self, kill: Kill, victims: list[Node]) -> float:
        """Seconds from the kill of the worker that runs a job until another has claimed it."""
        while (running := self._next_job(victims)) is None:
            pass
        job, victim = running
        kill(victim)
        began = time.monotonic()
        wait_until(lambda: self._job(job.id).fence > job.fence, PATIENCE, "claimed again")
        seconds = time.monotonic() - began
        if not victim.alive:
            victim.start_again()
        self._wait_until_done(job.id)
        return seconds

    def serve(self, kill: Kill, victims: list[Node]) -> float:
        """Seconds until a job is claimed that is sent after the kill of an idle worker: the worst
        of a few, one after the other.
        """
        self._wait_until_ready()
        kill(victims[0])
        waits = []
        for _ in range(FOLLOWING):
            began = time.monotonic()
            job_id = self._start_job()
            wait_until(partial(self._fence, job_id), PATIENCE, "claimed")
            waits.append(time.monotonic() - began)
            self._wait_until_done(job_id)
        return max(waits)

    def _next_job(self, victims: list[Node]) -> tuple[Job, Node] | None:
        """A job that runs on one of these nodes; None when another was faster, and has done it."""
        self._wait_until_ready()
        job_id = self._start_job()
        job = wait_until(lambda: self._running(job_id), PATIENCE, "the job runs")
        for node in victims:
            if (job.worker or "").startswith(f"{node.name}@"):
                return job, node
        self._wait_until_done(job_id)
        return None

    def _wait_until_done(self, job_id: int) -> None:
        wait_until(lambda: self._job(job_id).state == JobState.DONE, PATIENCE, "the job is done")

    def _start_job(self) -> int:
        self._runs += 1
        size = len(TEXTS)
        run_id = make_run(self.engine, TEXTS, job_size=size, name=f"run {self._runs}", fresh=True)
        with reading(self.engine) as connection:
            job_id = connection.execute(select(Job.id).where(Job.run_id == run_id)).scalar_one()
        dispatch(self.engine, self._messages.publish, "sentiment", self._window)
        return int(job_id)

    def _job(self, job_id: int) -> Job:
        with reading(self.engine) as connection:
            found = connection.execute(select(Job.__table__).where(Job.id == job_id)).one()
        return found  # type: ignore[return-value]

    def _fence(self, job_id: int) -> int:
        return self._job(job_id).fence

    def _running(self, job_id: int) -> Job | None:
        job = self._job(job_id)
        return job if job.state == JobState.RUNNING else None

    def _wait_until_ready(self) -> None:
        def ready() -> bool:
            with reading(self.engine) as connection:
                rows = connection.execute(select(Worker.name, Worker.pid, Worker.state)).all()
            pids = {row.pid for row in rows if row.state == WorkerState.READY}
            return pids >= {node.child() for node in self.nodes}

        wait_until(ready, PATIENCE, "both workers are ready")

    def close(self) -> None:
        """End everything."""
        for node in self.nodes:
            node.process.terminate()
        for node in self.nodes:
            node.process.wait(PATIENCE)
        self.engine.dispose()
        self.redis.stop()
        self.database.stop()


def kill_child(node: Node) -> None:
    node.signal_child(signal.SIGKILL)


def kill_node(node: Node) -> None:
    node.signal_all(signal.SIGKILL)
    node.process.wait()


def measure(
    kind: str, title: str, kill: Kill, kills: int, elsewhere: bool, idle: bool = False
) -> None:
    if not kills:
        return
    with tempfile.TemporaryDirectory(prefix="triage-recovery-") as folder:
        machine = Machine(kind, Path(folder), elsewhere)
        try:
            victims = machine.nodes[:1] if elsewhere else machine.nodes
            once = machine.serve if idle else machine.recover
            seconds = [once(kill, victims) for _ in range(kills)]
        finally:
            machine.close()
    print(
        f"{kind}: {title}: {kills} times, median {median(seconds):.1f} s, "
        f"worst {max(seconds):.1f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--lease-kills", type=int, default=5)
    parser.add_argument("--idle-kills", type=int, default=10)
    parser.add_argument("--node-kills", type=int, default=30)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    asked = parser.parse_args()
    kind = asked.database
    measure(kind, "child killed, seen by a node on its machine", kill_child, asked.kills, False)
    measure(kind, "node killed, seen by another on its machine", kill_node, asked.node_kills, False)
    measure(kind, "node killed, seen by nobody", kill_node, asked.lease_kills, True)
    sent_after = "jobs sent while the next child loads"
    measure(kind, sent_after, kill_child, asked.idle_kills, False, idle=True)


if __name__ == "__main__":
    main()
