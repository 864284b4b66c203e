"""Redis: whether it answers, drops nothing by itself, and has room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.filesize import decimal

from producer.doctor.check import Check, fine, warning, wrong
from producer.nodes.redis_of_settings import messages_of
from schema.broker.messages import BrokerError
from schema.settings import Settings

#: The oldest version that kombu and we are tested with.
OLDEST = (6, 0)
#: Share of the memory limit from which on a full Redis is near.
NEARLY_FULL = 0.9


def redis_checks(config: Settings) -> Iterator[Check]:
    """Check the Redis of the settings."""
    messages = messages_of(config)
    if messages is None:
        yield warning(
            "redis",
            "none is set, and no embedded one runs; one starts with triage worker, or set "
            "TRIAGE_REDIS_URL",
        )
        return
    try:
        said = messages.server_info()
        messages.probe()
    except BrokerError as error:
        yield wrong("redis", f"{error}; check TRIAGE_REDIS_URL and that its server runs")
        return
    yield _version(str(said.get("redis_version", "0")))
    yield _eviction(str(said.get("maxmemory_policy", "unknown")))
    yield _memory(int(said.get("used_memory", 0)), int(said.get("maxmemory", 0)))
    yield _persistence(said)


def _version(version: str) -> Check:
    found = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if found < OLDEST:
        return wrong("redis", f"version {version}; upgrade it: 6.0 is the oldest that will do")
    return fine("redis", f"version {version}, takes writes")


def _eviction(policy: str) -> Check:
    if policy == "noeviction":
        return fine("redis eviction", policy)
    return wrong(
        "redis eviction",
        f"maxmemory-policy is {policy}, so Redis throws messages away when it is full; set: "
        "maxmemory-policy noeviction",
    )


def _memory(used: int, limit: int) -> Check:
    said = f"{decimal(used)} used, " + (f"{decimal(limit)} allowed" if limit else "no limit set")
    if limit and used >= NEARLY_FULL * limit:
        return wrong(
            "redis memory",
            f"{said}; raise maxmemory, or see what else is in it: redis-cli --bigkeys",
        )
    return fine("redis memory", said)


def _persistence(said: dict[str, Any]) -> Check:
    if said.get("aof_last_write_status", "ok") != "ok":
        return wrong(
            "redis persistence", "its append-only file cannot be written; is its disk full?"
        )
    kept = "append-only file" if said.get("aof_enabled") else "none"
    # The ledger knows which messages are out, and sends again what is lost.
    return fine("redis persistence", f"{kept}; jobs are in the database, so it needs none")
