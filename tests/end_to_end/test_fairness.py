"""Fair and bounded: a small run gets in beside a huge one, and Redis holds no more than a window.

All in the order in which the ledger says that things happened; no clock is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, func, select

from schema.analyses import queue_name
from schema.broker.app import KEY_PREFIX, make_app
from schema.broker.messages import Messages
from schema.catalog import load_catalog
from schema.database import open_engine, reading
from schema.ledger.dispatch import MESSAGES_PER_WORKER, dispatch
from schema.migrations.revision import upgrade
from schema.settings import Settings, read_settings
from schema.tables import Job, JobState, Run
from tests.end_to_end.node import PATIENCE, running_node
from tests.support.console import Triage
from tests.support.ingesting import run_ingest, write_csv
from tests.support.large_run import make_large_run
from tests.support.waiting import wait_until
from workers.child.job_source import MAX_JOBS

MILLION = 1_000_000
URGENT = 100
#: As ingestion does by default.
JOB_SIZE = Settings.model_fields["job_size"].default
WINDOW = Settings.model_fields["window"].default


@dataclass
class RedisWatch:
    """The most that was seen of Redis, at every look."""

    client: redis.Redis
    messages: int = 0
    memory: int = 0
    looks: list[int] = field(default_factory=list)

    def look(self, analysis: str = "sentiment") -> bool:
        depth = int(self.client.llen(KEY_PREFIX + queue_name(analysis)))
        self.messages = max(self.messages, depth)
        self.memory = max(self.memory, self.client.info("memory")["used_memory"])
        self.looks.append(depth)
        return True


@pytest.fixture
def watch(redis_url: str) -> Iterator[RedisWatch]:
    client = redis.Redis.from_url(redis_url)
    yield RedisWatch(client)
    client.close()


def finished(engine: Engine, run: int) -> int:
    with reading(engine) as connection:
        return connection.execute(
            select(func.count()).where(Job.run_id == run, Job.state == JobState.DONE)
        ).scalar_one()


def run_named(engine: Engine, name: str) -> int:
    with reading(engine) as connection:
        return connection.execute(select(Run.id).where(Run.name == name)).scalar_one()


def overtaken(engine: Engine, large: int, urgent: int) -> tuple[int, int]:
    """Jobs of the large run that began while the urgent one waited, and while its own began."""
    with reading(engine) as connection:
        began, ended = connection.execute(
            select(func.min(Job.started_at), func.max(Job.started_at)).where(Job.run_id == urgent)
        ).one()
        made = connection.execute(select(Run.ingested_at).where(Run.id == urgent)).scalar_one()
        waited, worked = (
            connection.execute(
                select(func.count()).where(
                    Job.run_id == large, Job.started_at > since, Job.started_at <= until
                )
            ).scalar_one()
            for since, until in ((made, began), (began, ended))
        )
    return waited, worked


def on_their_way(engine: Engine, large: int, urgent: int) -> int:
    """Jobs of the large run that had begun before the urgent one, and ended after its beginning."""
    with reading(engine) as connection:
        began = connection.execute(
            select(func.min(Job.started_at)).where(Job.run_id == urgent)
        ).scalar_one()
        begun = Job.started_at <= began, Job.finished_at > began
        counted = select(func.count()).where(Job.run_id == large, *begun)
        return connection.execute(counted).scalar_one()


def test_an_urgent_run_is_through_within_three_jobs_of_its_start(
    sqlite_engine: Engine, watch: RedisWatch, tmp_path: Path
) -> None:
    """One child, so that jobs follow each other: the urgent run is as long as a part of a job of
    the large one, and two of those may begin in between. Before it begin those whose messages are
    out already; and as many are on their way as a stream holds.
    """
    engine = sqlite_engine
    large = make_large_run(engine, MILLION, JOB_SIZE)
    with running_node(tmp_path, ["sentiment"]):
        wait_until(lambda: watch.look() and finished(engine, large) >= 3, PATIENCE)
        path = write_csv(tmp_path / "urgent.csv", [(n, "I love it") for n in range(URGENT)])
        jobs = run_ingest(engine, path, run="urgent", analyses="sentiment", block_size=5_000)
        assert jobs.counts.stored == URGENT
        urgent = run_named(engine, "urgent")
        with reading(engine) as connection:
            parts = connection.execute(
                select(func.count()).where(Job.run_id == urgent)
            ).scalar_one()
        wait_until(lambda: watch.look() and finished(engine, urgent) == parts, PATIENCE)
    waited, worked = overtaken(engine, large, urgent)
    assert on_their_way(engine, large, urgent) <= MAX_JOBS
    assert worked <= 3 - URGENT / JOB_SIZE
    assert waited <= WINDOW + 1
    # The node and its child may both have found the same room, and filled it with the same jobs.
    assert watch.messages <= 2 * max(WINDOW, MESSAGES_PER_WORKER)
    assert sum(watch.looks) <= len(watch.looks) * max(WINDOW, MESSAGES_PER_WORKER)


def memory_after_dispatch(engine: Engine, watch: RedisWatch) -> int:
    messages = Messages(make_app(read_settings()))
    watch.client.flushall()
    watch.memory = 0
    assert dispatch(engine, messages.publish, "sentiment", WINDOW) == WINDOW
    assert dispatch(engine, messages.publish, "sentiment", WINDOW) == 0
    watch.look()
    assert watch.messages == WINDOW
    return watch.memory


def test_redis_holds_no_more_for_a_million_documents_than_for_a_thousand(
    sqlite_engine: Engine, watch: RedisWatch, tmp_path: Path
) -> None:
    small = open_engine(f"sqlite:///{tmp_path / 'small.db'}")
    upgrade(small)
    make_large_run(small, 1_000, JOB_SIZE)
    make_large_run(sqlite_engine, MILLION, JOB_SIZE)
    few = memory_after_dispatch(small, watch)
    many = memory_after_dispatch(sqlite_engine, watch)
    small.dispose()
    # A message of ours takes 1 kB.
    assert abs(many - few) < 100_000


def test_ingesting_without_workers_leaves_a_window_in_redis(
    sqlite_engine: Engine,
    watch: RedisWatch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TRIAGE_BLOCK_SIZE", "100")
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(1_000)])
    asked = ("ingest", str(path), "--run", "r", "--no-language")
    assert Triage(monkeypatch, capsys)(*asked).code == 0
    with reading(sqlite_engine) as connection:
        assert connection.execute(select(func.count()).select_from(Job)).scalar_one() > 500
    analyses = [one for one in load_catalog("pocket").served if one != "language"]
    for analysis in analyses:
        watch.look(analysis)
    assert watch.looks == [WINDOW] * len(analyses)
