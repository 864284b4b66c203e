"""The servers of the compose file, as far as they run without an engine: Redis with its
configuration, and the health checks of both.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy.engine import make_url

from producer.nodes.embedded_redis import find_server
from tests.docker.compose import SECRETS
from tests.support.servers.postgres import find_binaries
from tests.support.waiting import wait_until

pytestmark = pytest.mark.server


@pytest.fixture
def configured_redis(compose: dict[str, Any], tmp_path: Path) -> Iterator[redis.Redis]:
    """A real Redis with the configuration of the compose file, on a free port of this host."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = tmp_path / "redis.conf"
    config.write_text(compose["configs"]["redis"]["content"])
    process = subprocess.Popen(
        [str(find_server()), str(config), "--port", str(port), "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port, password=SECRETS["REDIS_PASSWORD"], decode_responses=True)
    try:
        wait_until(lambda: process.poll() is not None or _answers(client), 30)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_redis_keeps_what_it_took_and_drops_nothing(
    services: dict[str, Any], configured_redis: redis.Redis
) -> None:
    """The server itself says how it understood the file that the compose file hands it."""
    server, file = services["redis"]["command"]
    assert server == "redis-server"
    assert services["redis"]["configs"] == [{"source": "redis", "target": file}]
    asked = {name: configured_redis.config_get(name)[name] for name in ("appendonly", "save")}
    assert asked == {"appendonly": "yes", "save": ""}
    assert configured_redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_redis_asks_for_the_password_of_the_workers(
    services: dict[str, Any], configured_redis: redis.Redis
) -> None:
    port = configured_redis.connection_pool.connection_kwargs["port"]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port).ping()
    for name in ("worker", "flower", "producer"):
        url = services[name]["environment"]["TRIAGE_REDIS_URL"]
        assert url.endswith("@redis:6379/0")
        here = url.replace("@redis:6379", f"@127.0.0.1:{port}")
        assert redis.Redis.from_url(here).ping()


def healthy(check: dict[str, Any], environment: dict[str, str], folder: Path) -> bool:
    """Run a health check where its program lies in `folder`."""
    kind, command = check["test"]
    assert kind == "CMD-SHELL"
    path = f"{folder}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command], env=os.environ | environment | {"PATH": path}, timeout=60
    )
    return done.returncode == 0


def test_the_health_check_of_redis_sees_it(
    services: dict[str, Any], configured_redis: redis.Redis
) -> None:
    check = dict(services["redis"]["healthcheck"])
    (_, command) = check["test"]
    port = configured_redis.connection_pool.connection_kwargs["port"]
    # Inside its container it has the usual port.
    check["test"] = ["CMD-SHELL", command.replace("redis-cli", f"redis-cli -p {port}")]
    environment = services["redis"]["environment"]
    folder = find_server().parent
    assert healthy(check, environment, folder)
    assert not healthy(check, {"REDISCLI_AUTH": "wrong"}, folder)
    configured_redis.shutdown(nosave=True)
    assert not healthy(check, environment, folder)


def test_the_health_check_of_postgresql_sees_it(services: dict[str, Any], postgres: str) -> None:
    check = services["postgres"]["healthcheck"]
    port = str(make_url(postgres).port)
    assert healthy(check, {"PGPORT": port}, find_binaries())
    # Nothing can listen at port 1 but a system service of the last century.
    assert not healthy(check, {"PGPORT": "1"}, find_binaries())
