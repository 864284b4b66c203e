"""What the ledger's steps cost when it is large: the reaper, dispatch, resend, claim, finish.

python benchmarks/ledger/steps.py [--jobs 100000] [--rounds 15] [--database postgresql://…]

Milliseconds; every round measures each step once, so that all of them meet the same other load.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine, insert, select, text, update

from schema.database import open_engine, reading, writing
from schema.database.clock import after, now
from schema.ledger.claim import Claim, claim
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.ledger.reap import REAP_LIMIT, reap
from schema.ledger.resend import find_unclaimed, resend
from schema.migrations.revision import upgrade
from schema.options import RunOptions
from schema.results.outcome import Outcome, Provenance
from schema.results.sentiment import Sentiment
from schema.tables import Job, JobState, Run, RunState

SIZE = 64
#: Jobs in the hands of workers all the time.
RUNNING = 32
MODEL = Provenance("benchmark", "sha256:0", {})
#: With all that a model for sentiment says.
RESULT = Sentiment(
    "POSITIVE",
    0.75,
    probabilities={"NEGATIVE": 0.25, "POSITIVE": 0.75},
    polarity="positive",
    polarity_score=0.5,
)

_PLACES = """
WITH RECURSIVE places(place) AS
(SELECT 0 UNION ALL SELECT place + 1 FROM places WHERE place < {most})
"""


def fill(engine: Engine, jobs: int, documents: int) -> None:
    """Two runs with half of the jobs done and half pending; documents for the first jobs only."""
    nothing = "CAST('{}' AS jsonb)" if engine.dialect.name == "postgresql" else "'{}'"
    with writing(engine) as connection:
        for name in ("large", "small"):
            connection.execute(
                insert(Run).values(
                    name=name,
                    state=RunState.INGESTED,
                    analyses=["sentiment"],
                    options=RunOptions().model_dump(mode="json"),
                    **dict.fromkeys(("read", "stored"), jobs * SIZE),
                    **dict.fromkeys(("duplicate", "rejected"), 0),
                    created_at=now(),
                )
            )

        def add(into: str, columns: str, most: int) -> None:
            sql = f"{_PLACES.format(most=most - 1)} INSERT INTO {into} SELECT {columns} FROM places"
            connection.execute(text(sql))

        add(
            "document_versions (id, source, identity, text_hash, text, metadata, stored_at)",
            f"place + 1, 'benchmark', CAST(place AS text), '0', '', {nothing}, CURRENT_TIMESTAMP",
            documents,
        )
        add("run_documents (run_id, position, document_id)", "1, place, place + 1", documents)
        # The first are pending, the other half is done; every tenth job is of the small run.
        add(
            "jobs (run_id, analysis, first_position, end_position, state, attempts, fence, failed)",
            "CASE WHEN place % 10 = 9 THEN 2 ELSE 1 END, 'sentiment', "
            f"place * {SIZE}, place * {SIZE} + {SIZE}, "
            f"CASE WHEN place < {jobs // 2} THEN 'pending' ELSE 'done' END, 0, 0, 0",
            jobs,
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def abandon(engine: Engine, attempts: int) -> None:
    """As many jobs as one step frees are left by their workers."""
    whole = Job.end_position - Job.first_position == SIZE
    some = select(Job.id).where(Job.state == JobState.PENDING, Job.run_id == 1, whole)
    some = some.order_by(Job.id.desc()).limit(REAP_LIMIT)
    with writing(engine) as connection:
        connection.execute(
            update(Job)
            .where(Job.id.in_(some))
            .values(state=JobState.RUNNING, attempts=attempts, lease_until=after(-1))
        )


class Bench:
    """Times steps, and keeps what they took."""

    def __init__(self, engine: Engine, ids: Iterator[int]) -> None:
        self.engine, self.ids = engine, ids
        self.took: dict[str, list[float]] = defaultdict(list)

    def time(self, name: str, step: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        done = step()
        self.took[name].append((time.perf_counter() - began) * 1000)
        return done

    def claim(self) -> Claim:
        held = claim(self.engine, next(self.ids), "sentiment", "node/0", 3600)
        assert held
        return held

    def round(self) -> None:
        engine = self.engine
        assert self.time("reap, nothing expired", lambda: reap(engine, 3)).expired == 0
        abandon(engine, attempts=1)
        done = self.time("reap, 500 expired", lambda: reap(engine, 3))
        assert (done.expired, done.halved) == (REAP_LIMIT, 0)
        abandon(engine, attempts=2)
        assert self.time("reap, 500 to halve", lambda: reap(engine, 3)).halved == REAP_LIMIT
        held = self.time("claim", self.claim)
        assert self.time("heartbeat", lambda: heartbeat(engine, held, 3600))
        outcomes = [
            Outcome(int(document.id), [RESULT], MODEL) for document in read_documents(engine, held)
        ]
        assert len(outcomes) == SIZE
        assert self.time("finish, 64 results", lambda: finish(engine, held, outcomes))
        self.messages()

    def messages(self) -> None:
        engine, room = self.engine, 3 * RUNNING
        sent = self.time("dispatch, 96 messages", lambda: self.dispatch())
        assert sent == room
        assert self.time("dispatch, no room", lambda: self.dispatch()) == 0
        assert self.time("resend, none lost", lambda: self.resend(room)) == 0
        with writing(engine) as connection:
            connection.execute(
                update(Job).where(Job.state == JobState.QUEUED).values(queued_at=after(-60))
            )
        assert self.time("resend, 96 lost", lambda: self.resend(0)) == room

    def dispatch(self) -> int:
        return dispatch(self.engine, lambda analysis, ids, *, urgent: None, "sentiment", 4)

    def resend(self, depth: int) -> int:
        lost = find_unclaimed(self.engine, "sentiment", depth, 30)
        return resend(self.engine, lost, 30) if lost else 0

    def print(self, title: str) -> None:
        print(f"\n{title}\n{'step':<24}{'median ms':>12}{'worst ms':>12}")
        for name, took in self.took.items():
            print(f"{name:<24}{statistics.median(took):>12.1f}{max(took):>12.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--database", help="an empty database; temporary SQLite if not given")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(asked.database or f"sqlite:///{folder}/triage.db")
        upgrade(engine)
        held = RUNNING + asked.rounds
        # The jobs of the small run are passed by: they have no documents.
        fill(engine, asked.jobs, documents=(held * 2) * SIZE)
        with reading(engine) as connection:
            mine = select(Job.id).where(Job.run_id == 1).order_by(Job.id).limit(held)
            ids = iter(connection.execute(mine).scalars().all())
        bench = Bench(engine, ids)
        for _ in itertools.repeat(None, RUNNING):
            bench.claim()
        for _ in range(asked.rounds):
            bench.round()
        bench.print(f"{engine.dialect.name}, {asked.jobs:,} jobs, {asked.rounds} rounds")
        engine.dispose()


if __name__ == "__main__":
    main()
