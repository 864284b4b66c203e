"""Small runs beside a large one: how soon they are through, and what the large one keeps.

python -m benchmarks.ledger.fairness [--seconds 60] [--rate 2] [--nodes 2]

Two nodes serve all five analyses, from PostgreSQL and Redis. A large run is measured alone, then
with runs of five documents beside it that come at a steady rate, then alone again: its rate beside
them is compared with the mean of both. An outcome is a document done for one analysis.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import mean

from sqlalchemy import Engine, func, select

from producer.dispatcher import Dispatcher
from producer.ingest import ingest, make_plan
from producer.nodes import embedded_redis
from schema.analyses import ANALYSES
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from schema.settings import read_settings
from schema.tables import Job, JobState, Run
from tests.end_to_end.node import running_node
from tests.support.ingesting import write_csv
from tests.support.servers.postgres import create_database, postgres_server
from tests.support.waiting import wait_until

LARGE, SMALL = 40_000, 5
#: Seconds until whatever is late is given up.
PATIENCE = 300.0

#: Outcomes a second, by analysis.
Rates = dict[str, float]
TEXTS = (
    "The parcel {n} was late, and nobody at the counter in Hamburg could tell me where it was.",
    "I love the new app, order {n} took a minute. Please keep the dark mode.",
    "Invoice {n} is wrong again: I was charged twice and want my money back.",
    "Delivery {n} was fine. The box was damaged, though, and the manual is missing.",
)


class Stage:
    """Where it happens.

    Args:
        engine: The database that the settings name.
        folder: For files.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._config = read_settings()
        self._broker = Dispatcher(engine, self._config, print)

    def ingest(self, name: str, documents: int) -> None:
        """A run of its own texts, for all analyses."""
        rows = [(n, TEXTS[n % len(TEXTS)].format(n=f"{name}-{n}")) for n in range(documents)]
        path = write_csv(self._folder / f"{name}.csv", rows)
        plan = make_plan(self._config, [str(path)], run=name, source=name)
        ingest(self._engine, self._config, plan)
        self._broker.dispatch(ANALYSES)

    def outcomes(self, run: str) -> Counter[str]:
        """Documents done, by analysis."""
        documents = func.sum(Job.end_position - Job.first_position)
        statement = select(Job.analysis, documents).join(Run, Run.id == Job.run_id)
        with reading(self._engine) as connection:
            found = statement.where(Run.name == run, Job.state == JobState.DONE)
            rows = connection.execute(found.group_by(Job.analysis)).all()
        return Counter({analysis: int(count) for analysis, count in rows})

    def rate(self, seconds: float) -> Rates:
        """Outcomes a second of the large run, by analysis."""
        before, began = self.outcomes("large"), time.monotonic()
        time.sleep(seconds)
        return self._rates(before, began)

    def _rates(self, before: Counter[str], began: float) -> Rates:
        now, passed = self.outcomes("large"), time.monotonic() - began
        return {analysis: (now[analysis] - before[analysis]) / passed for analysis in ANALYSES}

    def beside(self, seconds: float, rate: float) -> Rates:
        """The same, with small runs beside it."""
        before, began, made = self.outcomes("large"), time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            if made <= passed * rate:
                self.ingest(f"small-{made}", SMALL)
                made += 1
            else:
                time.sleep(0.01)
        return self._rates(before, began)

    def waits(self) -> list[float | None]:
        """Of each small run the seconds until it was through; None if it is not yet."""
        left = func.count().filter(Job.state != JobState.DONE)
        statement = (
            select(left, Run.created_at, func.max(Job.finished_at))
            .join(Run, Run.id == Job.run_id)
            .where(Run.name.like("small-%"))
            .group_by(Run.id, Run.created_at)
        )
        with reading(self._engine) as connection:
            return [
                None if open_jobs or not ended else (ended - made).total_seconds()
                for open_jobs, made, ended in connection.execute(statement)
            ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=2)
    parser.add_argument("--nodes", type=int, default=2)
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = embedded_redis.start(folder / "redis")
        stack.callback(redis.stop)
        server = stack.enter_context(postgres_server())
        os.environ["TRIAGE_DATABASE_URL"] = create_database(server, "fairness")
        os.environ["TRIAGE_REDIS_URL"] = redis.url
        os.environ["TRIAGE_REJECTS"] = os.environ["TRIAGE_HOME"] = str(folder)
        engine = open_engine(os.environ["TRIAGE_DATABASE_URL"])
        upgrade(engine)
        stage = Stage(engine, folder)
        stage.ingest("large", LARGE)
        for number in range(arguments.nodes):
            node = running_node(folder, list(ANALYSES), name=f"node{number}")
            stack.enter_context(node).wait_for_loads(1)
        # Behind its first documents, which are urgent as those of small runs are.
        wait_until(lambda: stage.outcomes("large").total() > 2 * len(ANALYSES) * 1_000, PATIENCE)
        alone = stage.rate(arguments.seconds / 2)
        beside = stage.beside(arguments.seconds, arguments.rate)
        after = stage.rate(arguments.seconds / 2)
        alone = {analysis: (alone[analysis] + after[analysis]) / 2 for analysis in ANALYSES}
        waits = stage.waits()
        known = sorted(wait for wait in waits if wait is not None)
        within = sum(wait <= 20 for wait in known) / len(waits)
        kept = []
        for analysis in ANALYSES:
            kept.append(beside[analysis] / max(alone[analysis], 0.01))
            print(
                f"large run, {analysis}: {alone[analysis]:.1f} outcomes/s alone, "
                f"{beside[analysis]:.1f} beside = {kept[-1]:.0%}"
            )
        everything = sum(beside.values()) / sum(alone.values())
        print(f"large run: {everything:.0%} of all outcomes, {mean(kept):.0%} on average")
        print(f"small runs: {len(waits)}, {within:.0%} within 20 s, {len(waits) - len(known)} open")
        for share in (0.5, 0.9, 1.0):
            print(f"  {share:.0%}: {known[max(0, round(share * len(known)) - 1)]:.1f} s")
        engine.dispose()


if __name__ == "__main__":
    main()
