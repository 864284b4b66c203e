"""The ways in which a Redis refuses to work, and how each is brought about on a real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.chaos.port import free_port
from tests.chaos.redis_server import RedisServer
from tests.support.servers.refusing_redis import refusing_redis
from tests.support.waiting import wait_until

#: Seconds.
PATIENCE = 30.0
#: How often Redis has refused since; None if it cannot say.
Count = Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind.

    Attributes:
        code: With which Redis begins its answer.
        lasting: Refuses as long as the block lasts, and works again after it.
    """

    code: str
    lasting: Callable[[RedisServer], AbstractContextManager[Count]]


def _counting(client: redis.Redis, code: str) -> Count:
    def count() -> int:
        return int(client.info("errorstats").get(f"errorstat_{code}", {"count": 0})["count"])

    before = count()
    return lambda: count() - before


@contextmanager
def _read_only(server: RedisServer) -> Iterator[Count]:
    with server.client() as client:
        count = _counting(client, "READONLY")
        client.replicaof("127.0.0.1", free_port())
        yield count
        client.replicaof("NO", "ONE")


@contextmanager
def _without_primary(server: RedisServer) -> Iterator[Count]:
    with server.client() as client:
        count = _counting(client, "MASTERDOWN")
        client.config_set("replica-serve-stale-data", "no")
        # Else Redis 7 says READONLY of what would write, before it says that its primary is lost.
        client.config_set("replica-read-only", "no")
        client.replicaof("127.0.0.1", free_port())
        yield count
        client.replicaof("NO", "ONE")
        client.config_set("replica-serve-stale-data", "yes")
        client.config_set("replica-read-only", "yes")


@contextmanager
def _full(server: RedisServer) -> Iterator[Count]:
    with server.client() as client:
        count = _counting(client, "OOM")
        client.config_set("maxmemory", 1)
        yield count
        client.config_set("maxmemory", 0)


@contextmanager
def _without_replicas(server: RedisServer) -> Iterator[Count]:
    with server.client() as client:
        count = _counting(client, "NOREPLICAS")
        client.config_set("min-replicas-to-write", 1)
        yield count
        client.config_set("min-replicas-to-write", 0)


@contextmanager
def _without_disk(server: RedisServer) -> Iterator[Count]:
    with server.client() as client:
        count = _counting(client, "MISCONF")
        folder = Path(client.config_get("dir")["dir"])
        in_the_way = folder / client.config_get("dbfilename")["dbfilename"]
        # Redis writes a file, and cannot give it the name of a folder. Redis 7 lets nobody choose
        # another name.
        in_the_way.unlink(missing_ok=True)
        in_the_way.mkdir()
        client.config_set("save", "3600 1")
        client.bgsave()
        _wait_for_save(client, "err")
        yield count
        in_the_way.rmdir()
        client.bgsave()
        _wait_for_save(client, "ok")
        client.config_set("save", "")


def _wait_for_save(client: redis.Redis, outcome: str) -> None:
    wait_until(
        lambda: client.info("persistence")["rdb_last_bgsave_status"] == outcome, PATIENCE, outcome
    )


@contextmanager
def _with_another_password(server: RedisServer) -> Iterator[Count]:
    with server.client() as client:
        count = _counting(client, "WRONGPASS")
        password = client.config_get("requirepass")["requirepass"]
        client.config_set("requirepass", "another")
        for kind in ("normal", "pubsub"):
            client.client_kill_filter(_type=kind, skipme=True)
        yield count
        client.config_set("requirepass", password)


@contextmanager
def _without_permission(server: RedisServer) -> Iterator[Count]:
    with server.client() as client:
        count = _counting(client, "NOPERM")
        client.execute_command("ACL", "SETUSER", "default", "-brpop")
        yield count
        client.execute_command("ACL", "SETUSER", "default", "+brpop")


@contextmanager
def _busy(server: RedisServer) -> Iterator[Count]:
    """A script that runs for ever."""

    def run() -> None:
        with suppress(redis.ResponseError), server.client() as client:
            client.eval("while true do end", 0)

    with server.client() as client:
        client.config_set("lua-time-limit", 50)
        thread = threading.Thread(target=run)
        thread.start()
        try:
            wait_until(lambda: _says_busy(client), PATIENCE, "Redis is busy")
            yield lambda: None
        finally:
            client.script_kill()
            thread.join()


def _says_busy(client: redis.Redis) -> bool:
    try:
        client.ping()
    except redis.ResponseError:
        return True
    return False


def _instead(error: str) -> Callable[[RedisServer], AbstractContextManager[Count]]:
    """Another server answers in its place."""

    @contextmanager
    def lasting(server: RedisServer) -> Iterator[Count]:
        server.kill()
        try:
            with refusing_redis(server.port, error) as refusing:
                yield lambda: refusing.refused
        finally:
            server.start()

    return lasting


def overwriting(key: str) -> Callable[[RedisServer], AbstractContextManager[Count]]:
    """Somebody else writes a string into a key of ours, and leaves it there."""

    @contextmanager
    def lasting(server: RedisServer) -> Iterator[Count]:
        with server.client() as client:
            client.set(server.key(key), "somebody else's")
        yield lambda: None

    return lasting


#: Those that end when their cause does.
REFUSALS = (
    Refusal("READONLY", _read_only),
    Refusal("OOM", _full),
    Refusal("NOREPLICAS", _without_replicas),
    Refusal("MISCONF", _without_disk),
    Refusal("MASTERDOWN", _without_primary),
    Refusal("BUSY", _busy),
    Refusal("NOPERM", _without_permission),
    Refusal("WRONGPASS", _with_another_password),
    Refusal("NOAUTH", _instead("NOAUTH Authentication required.")),
    Refusal("LOADING", _instead("LOADING Redis is loading the dataset in memory")),
    Refusal("CLUSTERDOWN", _instead("CLUSTERDOWN Hash slot not served")),
    Refusal("ERR", _instead("ERR unknown command `BRPOP`, with args beginning with: `secret`")),
)
