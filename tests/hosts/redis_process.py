"""A Redis that listens where it is told to, to be killed and started again."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import redis

from producer.nodes.embedded_redis import find_server
from producer.nodes.lifetime import dying_with_us, end
from tests.chaos.port import free_port
from tests.support.waiting import wait_until

#: Seconds.
PATIENCE = 30.0
PASSWORD = "secret"


class RedisProcess:
    """A server in a folder of its own.

    Args:
        folder: Made here.
        address: Where it listens.
        lines: Further lines of its configuration.
    """

    def __init__(self, folder: Path, address: str, *lines: str) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.address = address
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@{address}:{self.port}/0"
        (folder / "redis.conf").write_text(
            f"bind {address}\nport {self.port}\nrequirepass {PASSWORD}\nmasterauth {PASSWORD}\n"
            'appendonly yes\nsave ""\nlogfile redis.log\n' + "".join(f"{line}\n" for line in lines)
        )
        self.start()

    def start(self) -> None:
        """Start it, again if need be, and wait until it answers."""
        self._process = subprocess.Popen(
            [find_server(), "redis.conf"],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dying_with_us(),
        )
        wait_until(self._answers, PATIENCE, "Redis is up")

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.info())
        except redis.RedisError:
            return False

    def client(self) -> redis.Redis:
        """A connection of our own."""
        return redis.Redis.from_url(self.url, socket_timeout=5)

    @property
    def alive(self) -> bool:
        """Whether its process lives."""
        return self._process.poll() is None

    @property
    def is_primary(self) -> bool:
        """Whether it takes writes; it ends all connections when that changes."""
        try:
            with self.client() as client:
                return str(client.info("replication")["role"]) == "master"
        except redis.ConnectionError:
            return False

    def pause(self) -> None:
        """SIGSTOP: it takes connections, and says nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """`kill -9`."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        end(self._process, PATIENCE)
