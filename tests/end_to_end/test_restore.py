"""A backup of the database is all that is needed: Redis may be empty."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import open_engine
from schema.ledger.claim import claim
from schema.ledger.dispatch import dispatch
from schema.ledger.finish import finish
from schema.ledger.reap import reap
from schema.ledger.replay import make_due
from schema.settings import read_settings
from schema.tables import JobState
from schema.verification import verify_runs
from tests.support.ledger import jobs, make_run
from tests.support.servers.postgres import create_database, drop_database, find_binaries
from tests.support.working import outcomes, work
from workers.node.lost_messages import LostMessages
from workers.node.message_filter import ids_of

#: A lease that is over at once: whoever held it is gone when the backup is restored.
OVER = 0.001


def backup(engine: Engine, folder: Path) -> Path:
    """Back up a database in the way of docs/operations.md."""
    copy = folder / "triage.dump"
    if engine.dialect.name == "sqlite":
        with sqlite3.connect(str(engine.url.database)) as from_, sqlite3.connect(copy) as to:
            from_.backup(to)
    else:
        run_tool("pg_dump", "--format", "custom", "--file", str(copy), url_of(engine))
    return copy


def restore(copy: Path, server: str | None) -> Engine:
    """A new database with what the backup holds."""
    if server is None:
        return open_engine(f"sqlite:///{copy}")
    url = create_database(server, "restored")
    run_tool("pg_restore", "--clean", "--if-exists", "--dbname", url, str(copy))
    return open_engine(url)


def run_tool(name: str, *arguments: str) -> None:
    subprocess.run([str(find_binaries() / name), *arguments], check=True, capture_output=True)


def url_of(engine: Engine) -> str:
    plain = engine.url.set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def states(engine: Engine) -> list[str]:
    return [job.state for job in jobs(engine)]


@pytest.fixture
def server(engine: Engine, request: pytest.FixtureRequest) -> Callable[[], str | None]:
    def find() -> str | None:
        if engine.dialect.name == "sqlite":
            return None
        return str(request.getfixturevalue("postgres"))

    return find


def test_a_restored_ledger_goes_on_with_an_empty_redis(
    engine: Engine, redis_url: str, tmp_path: Path, server: Callable[[], str | None]
) -> None:
    if engine.dialect.name != "sqlite" and not (find_binaries() / "pg_dump").exists():
        pytest.skip("this PostgreSQL comes without pg_dump")
    messages = Messages(make_app(read_settings()))
    make_run(engine, [f"text {number}" for number in range(60)], job_size=10)
    done, running, *_ = (job.id for job in jobs(engine))
    first = claim(engine, done, "sentiment", "node/0", 30)
    assert first and finish(engine, first, outcomes(engine, first))
    assert claim(engine, running, "sentiment", "node/0", OVER)
    dispatch(engine, messages.publish, "sentiment", window=3)
    expected = [JobState.DONE, JobState.RUNNING, *[JobState.QUEUED] * 3, JobState.PENDING]
    assert states(engine) == expected

    copy = backup(engine, tmp_path)
    # Then everything is done, and the machine burns down.
    work(engine)
    redis.Redis.from_url(redis_url).flushdb()

    restored = restore(copy, server())
    try:
        assert states(restored) == expected
        lost = LostMessages(restored, messages, message_timeout=0)
        assert lost.take_back("sentiment") == 3
        assert reap(restored, max_attempts=3, is_steady=lambda _clock: True).expired == 1
        make_due(restored, jobs(restored)[0].run_id)
        while dispatch(restored, messages.publish, "sentiment", window=10):
            for raw in messages.waiting("sentiment"):
                # As a worker takes it; what was made of a job that is done finds nothing.
                _, job_id = ids_of("sentiment", raw)
                if claimed := claim(restored, job_id, "sentiment", "node/1", 30):
                    assert finish(restored, claimed, outcomes(restored, claimed))
        assert set(states(restored)) == {JobState.DONE}
        (books,) = verify_runs(restored)
        assert books.violations == ()
        assert books.analyses["sentiment"][JobState.DONE] == 60
    finally:
        restored.dispose()
        if (found := server()) is not None:
            drop_database(found, "restored")
