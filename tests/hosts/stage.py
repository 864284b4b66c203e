"""Stages of a few hosts: a stage of chaos with fewer documents, whose servers are elsewhere."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.chaos.databases import Postgres, Sqlite
from tests.chaos.feedback import Pool
from tests.chaos.stage import Stage
from tests.hosts.network import SERVERS, Network
from tests.hosts.redis_process import RedisProcess
from tests.hosts.sentinels import WatchedRedis


class SmallPool(Pool):
    """Harmless documents alone: here it is servers and networks that do harm."""

    def __init__(self, seed: str, size: int) -> None:
        super().__init__(seed, size)
        self.many = ()
        self.planted = {}


class SmallStage(Stage):
    """A stage without planted documents.

    Args:
        kind: `sqlite` or `postgresql`.
        seed: Decides what is ingested.
        folder: Empty; all files and logs go there.
        settings: `TRIAGE_…` that differ from those of chaos.
    """

    def __init__(
        self, kind: str, seed: str, folder: Path, settings: Mapping[str, str] | None = None
    ) -> None:
        self.settings = settings or {}
        super().__init__(kind, seed, folder)
        self.pool = SmallPool(seed, size=160)


class HostsStage(SmallStage):
    """Three hosts: database and Redis on one, where this process is, and a node on each other."""

    def start_servers(self, kind: str) -> None:
        """Start the network, the servers on one host, and two hosts for nodes."""
        assert kind == "postgresql", "SQLite is a file of one host"
        self.network = Network()
        self.hosts = {name: self.network.join(f"{name}-host") for name in ("node0", "node1")}
        self.database = Postgres(self.folder, SERVERS)
        self.redis = RedisProcess(self.folder / "redis", SERVERS)  # type: ignore[assignment]

    def prefix(self, node: str) -> Sequence[str]:
        """Run it on its own host."""
        return self.hosts[node].prefix

    def close(self) -> None:
        """End everything, and the network last."""
        for host in self.hosts.values():
            host.mend()
        super().close()
        self.network.close()


class LimitedStage(SmallStage):
    """Servers with small disks of their own (needs root), and workers whose role is no
    administrator's.
    """

    ROLE = "triage_worker"

    def start_servers(self, kind: str) -> None:
        """Start them."""
        assert kind == "postgresql"
        self.postgres_disk = self._disk("postgres", megabytes=500)
        self.redis_disk = self._disk("redis", megabytes=16)
        self.postgres = Postgres(self.postgres_disk)
        self.postgres.execute(f"CREATE ROLE {self.ROLE} LOGIN")
        self.postgres.execute(f"ALTER DATABASE triage OWNER TO {self.ROLE}")
        self.postgres.url = self.postgres.url.replace("//postgres@", f"//{self.ROLE}@")
        self.database = self.postgres
        self.redis = RedisProcess(self.redis_disk / "redis", "127.0.0.1")  # type: ignore[assignment]

    def _disk(self, name: str, megabytes: int) -> Path:
        folder = self.folder / name
        folder.mkdir()
        options = f"size={megabytes}m,mode=0755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        return folder

    def close(self) -> None:
        """End everything, and take the disks away."""
        super().close()
        for disk in (self.postgres_disk, self.redis_disk):
            subprocess.run(["umount", "--lazy", disk], check=True)


class SentinelStage(SmallStage):
    """A Redis that Sentinels watch, a PostgreSQL and two nodes."""

    def start_servers(self, kind: str) -> None:
        """Start them."""
        self.database = Postgres(self.folder) if kind == "postgresql" else Sqlite(self.folder)
        self.watched = WatchedRedis(self.folder / "watched")
        self.redis = self.watched  # type: ignore[assignment]
