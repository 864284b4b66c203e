"""A system of one node for all tests of a file: Redis, a database, a small model, warm."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from schema.broker.app import KEY_PREFIX, make_app
from schema.broker.messages import Messages
from schema.database import open_engine
from schema.ledger.dispatch import dispatch
from schema.migrations.revision import upgrade
from schema.settings import read_settings
from tests.end_to_end.node import PATIENCE, RunningNode, running_node
from tests.support.checkpoints import build_qa, build_sentiment
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

BUILDERS: dict[str, Callable[[Path], Path]] = {"sentiment": build_sentiment, "qa": build_qa}


class System:
    """What runs, and what tests do with it."""

    def __init__(self, engine: Engine, url: str, messages: Messages, node: RunningNode) -> None:
        self.engine = engine
        self.redis = redis.Redis.from_url(url)
        self.messages = messages
        self.node = node

    def push(self, *raw: bytes | str, queue: str = "sentiment") -> None:
        """What a forger does: anything at all into the list of a queue."""
        self.redis.lpush(KEY_PREFIX + queue, *raw)

    def start(self, texts: Sequence[str] = ("It broke.",), **options: Any) -> int:
        """A run whose jobs are on their way; returns its id."""
        run_id = make_run(self.engine, texts, ["sentiment"], name=uuid.uuid4().hex, **options)
        dispatch(self.engine, self.messages.publish, "sentiment", window=100)
        return run_id

    def wait(self, run_id: int) -> None:
        """Until all jobs of a run are done."""
        wait_until(
            lambda: all(job.state == "done" for job in jobs(self.engine, run_id)), PATIENCE, "done"
        )

    def goes_on(self) -> None:
        """A real job is done, by the child that there was from the start, and nothing lingers."""
        run_id = self.start()
        self.wait(run_id)
        assert [job.attempts for job in jobs(self.engine, run_id)] == [1]
        self.nothing_is_left()
        assert self.node.process.poll() is None
        assert len(self.node.loads()) == 1

    def memory(self) -> int:
        """The most bytes that the node's parent process has held."""
        status = Path(f"/proc/{self.node.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def nothing_is_left(self) -> None:
        """No message waits, and none counts as being worked on."""
        wait_until(
            lambda: (
                not self.redis.keys(f"{KEY_PREFIX}unacked*")
                and not self.redis.llen(f"{KEY_PREFIX}sentiment")
            ),
            PATIENCE,
            "no message is left",
        )


@contextmanager
def running_system(
    folder: Path,
    redis_url: str,
    database_url: str | None = None,
    analyses: Sequence[str] = ("sentiment",),
    app: str = "workers",
    loglevel: str = "INFO",
    **settings: object,
) -> Iterator[System]:
    """Start a node with small random models.

    Args:
        folder: For the models, the log, and the database if none is named.
        app: The Celery application.
        settings: `TRIAGE_*`, in lower case.
    """
    for name in analyses:
        BUILDERS[name](folder / name)
    catalog = folder / "catalog.toml"
    catalog.write_text("".join(f'[{one}]\nmodel = "./{one}"\n' for one in analyses), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_MODELS", str(catalog))
        patch.setenv("TRIAGE_REDIS_URL", redis_url)
        patch.setenv("TRIAGE_HOME", str(folder / "home"))
        patch.setenv("TRIAGE_DATABASE_URL", database_url or f"sqlite:///{folder / 'triage.db'}")
        for name, value in settings.items():
            patch.setenv(f"TRIAGE_{name.upper()}", str(value))
        config = read_settings()
        engine = open_engine(config.database)
        upgrade(engine)
        with redis.Redis.from_url(redis_url) as client:
            client.flushall()
        with running_node(folder, analyses, app=app, loglevel=loglevel) as node:
            node.wait_for_loads(1)
            yield System(engine, redis_url, Messages(make_app(config)), node)
        engine.dispose()
