"""Between any two statements of a step another acts on jobs that wait, or on what they wait for.

On PostgreSQL, each with a connection of its own. Whatever comes between, nobody waits for nothing,
nobody deadlocks, and all can be finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from sqlalchemy import Engine, insert, update

from schema.database import open_engine, writing
from schema.database.clock import after
from schema.ledger.cancel import cancel
from schema.ledger.claim import Claim, claim
from schema.ledger.finish import finish
from schema.ledger.reap import reap
from schema.ledger.replay import replay
from schema.ledger.unblock import unblock_left_over
from schema.tables import Job, JobState, Run
from schema.verification import verify
from tests.schema.ledger.test_interleaving import COURTESY, LEASE, Between, attempted
from tests.support.ledger import jobs, make_run
from tests.support.working import outcomes

pytestmark = pytest.mark.long

TABLES = (
    *("runs", "document_versions", "run_documents", "jobs", "models", "languages", "sentiments"),
    *("translations", "dead_letters", "abstentions"),
)
NEEDS = {"translation": ["language"], "sentiment": ["language", "translation"]}
Step = Callable[[Engine], object]


class Ledger:
    """A run of four documents. Two jobs of language are in hand, of documents 0 and 1, and one, of
    document 2, has died; 3 is done with a dead letter, of which sentiment has one, too. All others
    wait: translation of 0 and 1, which is one job, and of 2; sentiment of 0 to 2, which is one job.
    """

    def __init__(self, engine: Engine) -> None:
        self.run = make_run(engine, "abcd", ["language"], 1)
        with writing(engine) as connection:
            names = ["language", "translation", "sentiment"]
            connection.execute(update(Run).values(analyses=names, needs=NEEDS))
            rows = [("translation", 0, 2), ("translation", 2, 3), ("translation", 3, 4)]
            rows += [("sentiment", 0, 3), ("sentiment", 3, 4)]
            new = {"run_id": self.run, "state": "blocked", "attempts": 0, "fence": 0, "failed": 0}
            columns = ("analysis", "first_position", "end_position")
            made = [new | dict(zip(columns, row, strict=True)) for row in rows]
            connection.execute(insert(Job), made)
        self.held = [self._claimed(engine, "language", place) for place in range(3)]
        for analysis in ("language", "translation", "sentiment"):
            last = self._claimed(engine, analysis, 3)
            assert finish(engine, last, outcomes(engine, last, "d"))
        with writing(engine) as connection:
            gone = update(Job).where(Job.id == self.held[2].job_id)
            connection.execute(gone.values(lease_until=after(-1)))
        assert verify(engine) == []
        self._engine = engine
        with writing(engine) as connection:
            for table in TABLES:
                connection.exec_driver_sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")

    def restore(self) -> None:
        """Let everything be as it was made."""
        away = [f"DELETE FROM {table}" for table in reversed(TABLES)]
        back = [f"INSERT INTO {table} SELECT * FROM kept_{table}" for table in TABLES]
        with writing(self._engine) as connection:
            connection.exec_driver_sql("; ".join([*away, *back]))

    def steps(self) -> dict[str, Step]:
        """All that opens or closes what others wait for, or those that wait."""
        one, two, _ = self.held
        return {
            "finish one": lambda e: finish(e, one, outcomes(e, one)),
            "finish two": lambda e: finish(e, two, outcomes(e, two, "b")),
            "reap": lambda e: reap(e, 1),
            "replay": lambda e: replay(e, self.run, job_size=1),
            "cancel": lambda e: cancel(e, self.run),
        }

    def finish_all(self, engine: Engine) -> None:
        """All goes well from now on, without maintenance to let anybody go."""
        with writing(engine) as connection:
            running = update(Job).where(Job.state == JobState.RUNNING)
            connection.execute(running.values(lease_until=after(-1)))
        reap(engine, 9)
        while open_jobs := [job for job in jobs(engine) if job.state == JobState.PENDING]:
            for job in open_jobs:
                held = claim(engine, job.id, job.analysis, "node/3", LEASE)
                assert held
                assert finish(engine, held, outcomes(engine, held))
        over = {JobState.DONE, JobState.DEAD, JobState.CANCELLED}
        assert {JobState(job.state) for job in jobs(engine)} <= over

    def _claimed(self, engine: Engine, analysis: str, first: int) -> Claim:
        (job,) = (j for j in jobs(engine) if (j.analysis, j.first_position) == (analysis, first))
        held = claim(engine, job.id, analysis, "node/0", LEASE)
        assert held
        return held


@pytest.fixture
def engines(migrated_postgres_url: str) -> Iterator[tuple[Engine, Engine]]:
    """Of who is in the middle of a step, and of who comes between; a deadlock ends either."""
    url = migrated_postgres_url
    both = open_engine(url, lock_timeout=5), open_engine(url, None, COURTESY)
    yield both
    for engine in both:
        engine.dispose()


def test_nobody_waits_for_nothing_whatever_comes_between(engines: tuple[Engine, Engine]) -> None:
    mine, others = engines
    between = Between(mine)
    ledger = Ledger(others)
    came_between = set()
    for name, other in product(ledger.steps(), repeat=2):
        left = 0
        while True:
            ledger.restore()
            came: list[str] = []
            steps = ledger.steps()

            def come(
                other: str = other, steps: dict[str, Step] = steps, came: list[str] = came
            ) -> None:
                came.append(other)
                attempted(steps[other], others)

            between.left, between.call = left, come
            try:
                attempted(steps[name], mine)
            except Exception as error:
                raise AssertionError(f"{other} before statement {left} of {name}") from error
            between.left = None
            if not came:
                break
            came_between.add((name, other))
            # It finds just what `verify` does: a check of all of it takes too long to be done here.
            waiting = unblock_left_over(others)
            assert waiting == 0, f"{other} before statement {left} of {name}"
            left += 1
        ledger.finish_all(others)
    assert len(came_between) == len(ledger.steps()) ** 2
    assert verify(others) == []
