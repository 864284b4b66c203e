"""Redis watched by Sentinels: a primary, a replica, and three that agree on which is which."""

from __future__ import annotations

import subprocess
from pathlib import Path

import redis

from producer.nodes.embedded_redis import find_server
from producer.nodes.lifetime import dying_with_us, end
from tests.chaos.port import free_port
from tests.hosts.redis_process import PASSWORD, RedisProcess
from tests.support.waiting import wait_until

ADDRESS = "127.0.0.1"
NAME = "feedback"
#: Seconds.
PATIENCE = 120.0
#: Seconds that the primary is silent before it counts as down, and for a failover.
DOWN_AFTER, FAILOVER = 2.0, 10.0


class WatchedRedis:
    """Two servers and three Sentinels.

    Args:
        folder: Its own.
        sentinel_password: Of the Sentinels; none when empty.
    """

    def __init__(self, folder: Path, sentinel_password: str = "") -> None:
        primary = RedisProcess(folder / "redis0", ADDRESS)
        self.servers = [
            primary,
            RedisProcess(folder / "redis1", ADDRESS, f"replicaof {ADDRESS} {primary.port}"),
        ]
        self._password = sentinel_password
        self.ports = [free_port() for _ in range(3)]
        self._sentinels: list[subprocess.Popen[bytes]] = []
        for number, port in enumerate(self.ports):
            self._sentinels.append(self._start(folder / f"sentinel{number}", port))
        wait_until(self._agree, PATIENCE, "the Sentinels know each other and the replica")
        hosts = ",".join(f"{ADDRESS}:{port}" for port in self.ports)
        extra = f"&sentinel_password={sentinel_password}" if sentinel_password else ""
        self.url = f"sentinel://:{PASSWORD}@{hosts}/0?master_name={NAME}{extra}"

    def _start(self, folder: Path, port: int) -> subprocess.Popen[bytes]:
        folder.mkdir()
        login = f"requirepass {self._password}\n" * bool(self._password)
        (folder / "sentinel.conf").write_text(
            f"bind {ADDRESS}\nport {port}\nlogfile sentinel.log\n{login}"
            f"sentinel monitor {NAME} {ADDRESS} {self.servers[0].port} 2\n"
            f"sentinel auth-pass {NAME} {PASSWORD}\n"
            f"sentinel down-after-milliseconds {NAME} {DOWN_AFTER * 1000:.0f}\n"
            f"sentinel failover-timeout {NAME} {FAILOVER * 1000:.0f}\n"
        )
        return subprocess.Popen(
            [find_server(), "sentinel.conf", "--sentinel"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dying_with_us(),
        )

    def _said(self) -> list[dict[str, object]]:
        """What each living Sentinel says of the primary; one that is starting says nothing."""
        said = []
        for port, process in zip(self.ports, self._sentinels, strict=True):
            if process.poll() is None:
                with redis.Redis(ADDRESS, port, password=self._password or None) as client:
                    try:
                        said.append(client.sentinel_master(NAME))
                    except redis.RedisError:
                        said.append({})
        return said

    def _agree(self) -> bool:
        known = [(one.get("num-other-sentinels"), one.get("num-slaves")) for one in self._said()]
        return known == [(2, 1)] * 3

    @property
    def primary(self) -> RedisProcess:
        """The server that the Sentinels name."""
        named = {one.get("port") for one in self._said()}
        return next(one for one in self.servers if one.port in named)

    @property
    def other(self) -> RedisProcess:
        """The server that they do not name."""
        primary = self.primary
        return next(one for one in self.servers if one is not primary)

    def wait_for_primary(self, server: RedisProcess) -> None:
        """Wait until the Sentinels have made this server the primary, and all of them know."""

        def agreed() -> bool:
            named = [(one.get("port"), one.get("flags")) for one in self._said()]
            return named == [(server.port, "master")] * len(named) and server.is_primary

        wait_until(agreed, PATIENCE, "the replica is the primary")

    def wait_for_replica(self, server: RedisProcess) -> None:
        """Wait until they have made this server, which is back, a replica."""
        wait_until(lambda: server.alive and not server.is_primary, PATIENCE, "it is a replica now")

    def end_sentinel(self, number: int) -> None:
        """End one of the three."""
        end(self._sentinels[number], PATIENCE)

    def stop(self) -> None:
        """End all."""
        for sentinel in self._sentinels:
            if sentinel.poll() is None:
                end(sentinel, PATIENCE)
        for server in self.servers:
            if server.alive:
                server.stop()
