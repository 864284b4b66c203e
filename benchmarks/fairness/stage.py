"""Where it happens: Redis, a database and workers, all of them real; runs, small and large."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from benchmarks.fairness.forwards import FOLDER, SECONDS, Forward, read_forwards
from producer.dispatcher import Dispatcher
from producer.ingest import ingest, make_plan
from producer.nodes import embedded_redis
from schema.database import open_engine, reading
from schema.ledger.cancel import cancel
from schema.migrations.revision import upgrade
from schema.settings import read_settings
from schema.status.runs import find_run
from schema.tables import FIRST_DOCUMENTS, OPEN_STATES, Job, JobState, Run
from tests.end_to_end.node import running_node
from tests.support.checkpoints import build_sentiment
from tests.support.ingesting import write_csv
from tests.support.ledger import make_run
from tests.support.waiting import wait_until

ANALYSIS = "sentiment"
#: Documents of a small run.
SMALL = 5
#: Seconds until whatever is late is given up.
PATIENCE = 1_800.0
APP = "benchmarks.fairness.timed_worker"
_LONG_TEXT = "It was late, and nobody could say where it is"


class Stage:
    """Servers, and two nodes that share the workers.

    Args:
        stack: When it is closed, all of it ends.
        url: Of an empty database.
        workers: How many compute.
        seconds: That a document takes.
    """

    def __init__(self, stack: ExitStack, url: str, workers: int, seconds: float) -> None:
        self.folder = Path(stack.enter_context(TemporaryDirectory(prefix="triage-fairness-")))
        redis = embedded_redis.start(self.folder / "redis")
        stack.callback(redis.stop)
        catalog = self.folder / "catalog.toml"
        catalog.write_text(f'[sentiment]\nmodel = "{build_sentiment(self.folder / "model")}"\n')
        os.environ |= {
            "TRIAGE_DATABASE_URL": url,
            "TRIAGE_REDIS_URL": redis.url,
            "TRIAGE_MODELS": str(catalog),
            "TRIAGE_HOME": str(self.folder),
            "TRIAGE_REJECTS": str(self.folder),
            SECONDS: str(seconds),
            FOLDER: str(self.folder),
        }
        self.engine = open_engine(url)
        stack.callback(self.engine.dispose)
        upgrade(self.engine)
        self._config = read_settings()
        self._dispatcher = Dispatcher(self.engine, self._config, print)
        for number, children in enumerate((workers - workers // 2, workers // 2)):
            if children:
                node = running_node(self.folder, [ANALYSIS], "cpu", children, str(number), app=APP)
                stack.enter_context(node).wait_for_loads(children)

    def start_large(self, name: str, documents: int) -> None:
        """Ingest a large run, and wait until it is behind its first documents, which are as urgent
        as those of small runs.
        """
        # Of its own: what was read before is not computed again.
        rows = [(n, f"{_LONG_TEXT}: {name} {n}") for n in range(documents)]
        path = write_csv(self.folder / f"{name}.csv", rows)
        plan = make_plan(self._config, [str(path)], run=name, source=name, analyses=ANALYSIS)
        ingest(self.engine, self._config, plan)
        self._dispatcher.dispatch([ANALYSIS])
        wait_until(lambda: self._done(name) >= FIRST_DOCUMENTS, PATIENCE, "the large run is going")

    def play_small(self, word: str, runs: int, rate: float) -> list[float]:
        """Make small runs, so many a second; 0 for all of them as fast as can be.

        Returns:
            Of each in order, seconds from when it was made until its last document was done.
        """
        began = time.monotonic()
        for number in range(runs):
            if rate:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            texts = [f"It was late: {word} {number} {place}" for place in range(SMALL)]
            make_run(self.engine, texts, job_size=SMALL, name=f"{word}-{number:05}", fresh=True)
            if rate:
                self._dispatcher.dispatch([ANALYSIS])
        self._dispatcher.dispatch([ANALYSIS])
        wait_until(lambda: self._open(word) == 0, PATIENCE, "the small runs are done")
        statement = (
            select(Run.created_at, func.max(Job.finished_at))
            .join(Job, Job.run_id == Run.id)
            .where(Run.name.like(f"{word}-%"))
            .group_by(Run.id, Run.created_at)
            .order_by(Run.id)
        )
        with reading(self.engine) as connection:
            rows = connection.execute(statement).all()
        return [(ended - made).total_seconds() for made, ended in rows if ended is not None]

    def is_done(self, name: str) -> bool:
        """Whether a run is through."""
        return self._open(name) == 0

    def end(self, name: str) -> None:
        """Cancel what is left of a run, and wait until nobody computes for it."""
        with reading(self.engine) as connection:
            run = find_run(connection, name)
        cancel(self.engine, run)
        wait_until(lambda: self._open(name) == 0, PATIENCE, "nobody computes the large run")

    def forwards(self) -> Sequence[Forward]:
        """All that workers have computed."""
        return read_forwards(self.folder)

    def _done(self, name: str) -> int:
        documents = func.sum(Job.end_position - Job.first_position)
        statement = select(documents).join(Run, Run.id == Job.run_id)
        with reading(self.engine) as connection:
            found = statement.where(Run.name == name, Job.state == JobState.DONE)
            return int(connection.execute(found).scalar_one() or 0)

    def _open(self, word: str) -> int:
        statement = select(func.count(Job.id)).join(Run, Run.id == Job.run_id)
        with reading(self.engine) as connection:
            found = statement.where(Run.name.like(f"{word}%"), Job.state.in_(OPEN_STATES))
            return int(connection.execute(found).scalar_one())
