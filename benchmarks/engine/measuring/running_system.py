"""The whole system on this machine: Redis, PostgreSQL, a node, and runs that go through them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import func, select

from benchmarks.engine.workload import LeftOut
from producer.ingest import ingest, make_plan
from producer.nodes import embedded_redis
from producer.nodes.lifetime import dying_with_us, end
from producer.nodes.node_command import node_command, node_environment
from schema.database import open_engine, reading
from schema.document import Document
from schema.migrations.revision import upgrade
from schema.settings import Settings
from schema.tables import Job, JobState, Run
from tests.support.servers.postgres import create_database, find_binaries, postgres_server

#: Seconds that a node gets to end, and between two looks at a run.
_PATIENCE, _PAUSE = 120.0, 2.0


class System:
    """A node that is at work on real servers.

    Args:
        config: Names the servers, the catalog and the device.
        folder: For files of runs.
        analysis: The one that the node is for.
    """

    def __init__(self, config: Settings, folder: Path, analysis: str) -> None:
        self._config, self._folder, self._analysis = config, folder, analysis
        self._engine: sqlalchemy.Engine = open_engine(config.database)
        upgrade(self._engine)
        self._runs = 0
        #: Watched while a run goes on.
        self.node: subprocess.Popen[bytes] | None = None

    def seconds(self, documents: Sequence[Document]) -> float:
        """Ingest documents as a run; from the start of its first job to the end of its last."""
        self._runs += 1
        name = f"run{self._runs}"
        path = self._folder / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "language", "text"])
            writer.writerows((one.id, one.language, one.text) for one in documents)
        plan = make_plan(self._config, [str(path)], run=name, analyses=self._analysis, fresh=True)
        done = ingest(self._engine, self._config, plan)
        if done.counts.stored != len(documents):
            raise RuntimeError(f"{done.counts.stored} of {len(documents)} documents were stored")
        while not self._through(name):
            # Seldom: who asks takes time from those who work. The ledger knows the moments.
            time.sleep(_PAUSE)
        return self._span(name)

    def _through(self, name: str) -> bool:
        """Whether all jobs of a run are done."""
        if self.node is not None and self.node.poll() is not None:
            raise RuntimeError(f"the node has ended; its log is {self._folder / 'node.log'}")
        counted = select(
            func.count().filter(Job.state != JobState.DONE), func.sum(Job.failed)
        ).select_from(Job)
        with reading(self._engine) as connection:
            left, failed = connection.execute(
                counted.join(Run, Run.id == Job.run_id).where(Run.name == name)
            ).one()
        if failed:
            raise RuntimeError(f"{failed} documents failed: see {self._folder / 'node.log'}")
        return int(left) == 0

    def _span(self, name: str) -> float:
        span = select(func.min(Job.started_at), func.max(Job.finished_at))
        with reading(self._engine) as connection:
            began, ended = connection.execute(
                span.join(Run, Run.id == Job.run_id).where(Run.name == name)
            ).one()
        assert began and ended, "the run is done"
        return float((ended - began).total_seconds())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


@contextmanager
def running_system(
    folder: Path, analysis: str, models: str, device: str, threads: int, children: int = 1
) -> Iterator[System]:
    """Start servers and a node; all have ended when the block is left.

    Args:
        folder: Empty.
        analysis: What the node is for.
        models: As `TRIAGE_MODELS`.
        device: `cpu` or `cuda:0`.
        threads: Of each of the node's children.
        children: How many.

    Raises:
        LeftOut: If there is no PostgreSQL.
    """
    try:
        find_binaries()
    except AssertionError as missing:
        raise LeftOut(str(missing)) from None
    broker = embedded_redis.start(folder)
    try:
        with postgres_server() as server:
            config = Settings(
                database_url=create_database(server, "bench"),  # type: ignore[arg-type]
                redis_url=broker.url,  # type: ignore[arg-type]
                models=models,
                device=device,
                home=folder,
                rejects=folder,
                _env_file=None,  # type: ignore[call-arg]
            )
            system = System(config, folder, analysis)
            system.node = _start_node(config, folder, analysis, threads, children)
            try:
                yield system
            finally:
                end(system.node, _PATIENCE)
                system.close()
    finally:
        broker.stop()


def _start_node(
    config: Settings, folder: Path, analysis: str, threads: int, children: int
) -> subprocess.Popen[bytes]:
    assert config.redis_url is not None
    environment = node_environment(config, config.device, config.redis_url.get_secret_value())
    environment |= {
        "TRIAGE_DATABASE_URL": config.database,
        "TRIAGE_MODELS": config.models,
        "TRIAGE_HOME": str(folder),
        "TRIAGE_THREADS": str(threads),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path[1:]]),
    }
    with (folder / "node.log").open("wb") as log:
        return subprocess.Popen(
            node_command("bench", [analysis], concurrency=children),
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dying_with_us(),
        )
