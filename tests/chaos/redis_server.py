"""The Redis of a stage: the shipped embedded server, to be killed and started again."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
from pathlib import Path

import redis

from producer.nodes import embedded_redis
from schema.broker.app import KEY_PREFIX
from tests.chaos.port import free_port
from tests.support.waiting import wait_until

PATIENCE = 60.0


class RedisServer:
    """A server that keeps its port and password however often it is started.

    Args:
        home: As `TRIAGE_HOME`.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "redis"
        self._folder.mkdir(parents=True)
        address = {"pid": 0, "port": free_port(), "password": secrets.token_hex(8)}
        (self._folder / "server.json").write_text(json.dumps(address))
        self.port = int(str(address["port"]))
        self._server = embedded_redis.start(home)
        self.url = self._server.url

    def start(self) -> None:
        """Start it again after a kill."""
        self._server = embedded_redis.start(self._home)
        assert self._server.url == self.url, "another program has taken the port of Redis"

    def kill(self) -> None:
        """`kill -9`."""
        os.kill(self._server.pid, signal.SIGKILL)
        self._server.stop()
        wait_until(lambda: embedded_redis.running(self._home) is None, PATIENCE)

    def forget(self) -> None:
        """Remove what it has written to disk."""
        for path in [*self._folder.glob("appendonly*"), *self._folder.glob("dump.rdb")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def client(self) -> redis.Redis:
        """A connection of our own."""
        return redis.Redis.from_url(self.url)

    def key(self, name: str) -> str:
        """The name of a key of the system's as it stands in Redis."""
        return f"{KEY_PREFIX}{name}"

    def stop(self) -> None:
        """End it."""
        self._server.stop()
