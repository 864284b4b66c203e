"""What `status`, dispatch and a claim cost beside ten runs, and beside thousands.

python -m benchmarks.fairness.steps [--many 5000] [--rounds 20] [--only sqlite]

Two databases, alike but for the number of runs of five documents: of these half are done, half
wait. Both are measured in turn in each round, and each step several times in a row, since a
server's time is counted in hundredths of a second; the server's part is in it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, func, insert, select, text, update

from benchmarks.ingest.processor_time import processor_seconds
from benchmarks.reports.databases import databases, server_of
from schema.database import open_engine, reading, writing
from schema.database.clock import now
from schema.ledger.claim import claim
from schema.ledger.dispatch import dispatch
from schema.migrations.revision import upgrade
from schema.status.overview import overview
from schema.status.workers import all_worker_status
from schema.tables import Job, JobState, Run, RunState

ANALYSES = ("sentiment", "entities")
FEW = 10
SIZE = 5
#: How often a step is repeated while it is measured.
REPEATS = 10


def fill(engine: Engine, runs: int) -> None:
    """Runs of a job in each analysis, every other one done; without documents, which no step
    looks at.
    """
    run: dict[str, Any] = {"state": RunState.INGESTED, "analyses": list(ANALYSES), "options": {}}
    run |= dict.fromkeys(("read", "stored"), SIZE) | dict.fromkeys(("duplicate", "rejected"), 0)
    job: dict[str, Any] = {"first_position": 0, "end_position": SIZE}
    job |= dict.fromkeys(("attempts", "fence", "failed"), 0)
    with writing(engine) as connection:
        rows = [run | {"name": f"run-{number:05}"} for number in range(runs)]
        connection.execute(insert(Run).values(created_at=now(), ingested_at=now()), rows)
        ids = connection.execute(select(Run.id).order_by(Run.id)).scalars().all()
        jobs = [
            job
            | {"run_id": one, "analysis": analysis}
            | {"state": JobState.DONE if one % 2 else JobState.PENDING}
            for one in ids
            for analysis in ANALYSES
        ]
        connection.execute(insert(Job), jobs)
        done = update(Job).where(Job.state == JobState.DONE)
        connection.execute(done.values(attempts=1, fence=1, started_at=now(), finished_at=now()))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


class Bench:
    """One database, and what its steps took.

    Attributes:
        seconds: By the clock, by step.
        processor: Of the processor, likewise.
    """

    def __init__(self, engine: Engine, runs: int) -> None:
        upgrade(engine)
        fill(engine, runs)
        self._engine, self._server = engine, server_of(engine)
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.processor: dict[str, list[float]] = defaultdict(list)

    def round(self) -> None:
        """Measure each step once; afterwards all is as it was."""
        engine = self._engine
        self._time("status", self._status)
        self._time("dispatch", lambda: dispatch(engine, _nowhere, ANALYSES[0], 4), self._reset)
        self._reset()
        with reading(engine) as connection:
            last = func.max(Job.id)
            of = (Job.state == JobState.PENDING, Job.analysis == ANALYSES[0])
            job = int(connection.execute(select(last).where(*of)).scalar_one())
        self._time("claim", lambda: claim(engine, job, ANALYSES[0], "node/0", 30), self._reset)
        self._reset()

    def _status(self) -> None:
        with reading(self._engine) as connection:
            all_worker_status(connection)
            overview(connection)

    def _reset(self) -> None:
        values = {"state": JobState.PENDING, "attempts": 0, "fence": 0, "started_at": None}
        waiting = Job.state.in_([JobState.QUEUED, JobState.RUNNING])
        with writing(self._engine) as connection:
            connection.execute(update(Job).where(waiting).values(values | {"queued_at": None}))

    def _time(
        self, name: str, step: Callable[[], object], between: Callable[[], None] = lambda: None
    ) -> None:
        took = spent = 0.0
        for _ in range(REPEATS):
            between()
            before, began = processor_seconds(self._server), perf_counter()
            step()
            took += perf_counter() - began
            spent += processor_seconds(self._server) - before
        self.seconds[name].append(took / REPEATS * 1_000)
        self.processor[name].append(spent / REPEATS * 1_000)


def _nowhere(_analysis: str, _job_ids: Sequence[int], /, *, urgent: bool) -> None:
    """Redis, without one."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    with ExitStack() as stack:
        few = databases(stack, asked.only)
        many = databases(stack, asked.only)
        for pair in zip(few, many, strict=True):
            engines = [open_engine(url) for url in pair]
            benches = [Bench(*one) for one in zip(engines, (FEW, asked.many), strict=True)]
            for number in range(asked.rounds):
                for bench in benches if number % 2 else reversed(benches):
                    bench.round()
            _print(engines[0].dialect.name, *benches, many_runs=asked.many)
            for engine in engines:
                engine.dispose()


def _print(kind: str, few: Bench, many: Bench, *, many_runs: int) -> None:
    print(f"\n{kind}, medians: ms by the clock, and of the processor with the server's")
    print(f"{'':<10}{FEW:>10} runs{many_runs:>10} runs{'ratio':>8}")
    for what in ("seconds", "processor"):
        for name, took in getattr(few, what).items():
            one, other = median(took), median(getattr(many, what)[name])
            ratio = f"{other / one:.2f}" if one else "-"
            print(f"{name:<10}{one:>15.2f}{other:>15.2f}{ratio:>8}  {what}")


if __name__ == "__main__":
    main()
