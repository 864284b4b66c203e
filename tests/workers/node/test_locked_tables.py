"""A table that somebody has locked longer than a lease: no job of a living worker is taken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import OperationalError

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import open_engine, reading
from schema.database.clock import now
from schema.ledger.claim import Claim, claim
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.settings import Settings
from schema.tables import Job, JobState
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until
from tests.support.working import outcomes
from workers.node.maintenance import Maintenance
from workers.node.maintenance_thread import between_rounds
from workers.node.scoreboard import Scoreboard

TABLES = (
    *(
        "jobs",
        "runs",
        "document_versions",
        "run_documents",
        "dead_letters",
        "workers",
        "sentiments",
    ),
    "models",
)
CONFIG = {"lease": 1.5, "heartbeat": 0.4, "upkeep": 0.1, "max_attempts": 1}
PATIENCE = 60.0


@pytest.fixture
def database(migrated_postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_postgres_url)
    yield engine
    engine.dispose()


class Repeated:
    """Does something again and again in a thread, whatever the database says."""

    def __init__(self, engine: Engine, pause: float) -> None:
        self.engine, self.pause = engine, pause
        self.over = threading.Event()
        self.rounds = 0
        self.thread = threading.Thread(target=self._repeat)

    def step(self) -> None:
        raise NotImplementedError

    def _repeat(self) -> None:
        while not self.over.wait(self.pause):
            try:
                self.step()
            except OperationalError:
                # The lock was not to be had in time.
                continue
            self.rounds += 1

    @contextmanager
    def running(self) -> Iterator[None]:
        self.thread.start()
        try:
            yield
        finally:
            self.over.set()
            self.thread.join(PATIENCE)
            self.engine.dispose()


class Living(Repeated):
    """A worker's heartbeat."""

    def __init__(self, engine: Engine, held: Claim, config: Settings) -> None:
        super().__init__(engine, config.heartbeat)
        self.held, self.lease = held, config.lease

    def step(self) -> None:
        assert heartbeat(self.engine, self.held, self.lease), "its job was taken"


class Keeping(Repeated):
    """A node's upkeep."""

    def __init__(self, engine: Engine, config: Settings) -> None:
        super().__init__(engine, between_rounds(config))
        self.upkeep = Maintenance(engine, Messages(make_app(config)), config, Scoreboard())

    def step(self) -> None:
        self.upkeep.step()


def lease_is_over(connection: Connection) -> bool:
    found = select(Job.lease_until < now()).where(Job.state == JobState.RUNNING)
    return bool(connection.execute(found).scalar_one())


def waits(connection: Connection) -> bool:
    blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(connection.execute(blocked).scalar_one())


@pytest.mark.parametrize(
    ("table", "impatient"), [*((table, True) for table in TABLES), ("jobs", False)]
)
def test_no_job_of_a_living_worker_is_taken(
    database: Engine, migrated_postgres_url: str, redis_url: str, table: str, impatient: bool
) -> None:
    config = Settings.model_validate(CONFIG)
    make_run(database, ["a"])
    held = claim(database, jobs(database)[0].id, "sentiment", "node/0", config.lease)
    assert held
    patience = config.heartbeat if impatient else None
    keeper = Keeping(open_engine(migrated_postgres_url, lock_timeout=patience), config)
    living = Living(open_engine(migrated_postgres_url), held, config)
    with living.running(), keeper.running():
        wait_until(lambda: living.rounds > 0 and keeper.rounds > 1, PATIENCE)
        with database.begin() as connection:
            connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            if table == "jobs":
                # Neither can get on, and the lease runs out.
                wait_until(lambda: waits(connection) and lease_is_over(connection), PATIENCE)
            else:
                begun = connection.execute(select(now())).scalar_one()
                wait_until(lambda: _later(connection, begun, 1.2 * config.lease), PATIENCE)
        beats, rounds = living.rounds, keeper.rounds
        wait_until(lambda: living.rounds > beats and keeper.rounds > rounds + 3, PATIENCE)
        job = jobs(database)[0]
        assert (job.state, job.fence) == (JobState.RUNNING, held.fence)
    assert finish(database, held, outcomes(database, held))
    with reading(database) as connection:
        assert connection.execute(select(Job.state)).scalar_one() == JobState.DONE


def _later(connection: Connection, begun: object, seconds: float) -> bool:
    elapsed = text("SELECT clock_timestamp() - :begun > make_interval(secs => :seconds)")
    values = {"begun": begun, "seconds": seconds}
    return bool(connection.execute(elapsed, values).scalar_one())
