"""Bytes that a database and Redis hold."""

from __future__ import annotations

from typing import Any

import redis
from sqlalchemy import Engine, text

from schema.database import reading

_DATABASE = {
    "postgresql": "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
}


def database_bytes(engine: Engine) -> int:
    """Bytes of all tables with their indexes, as they lie there, without the log of writes."""
    with reading(engine) as connection:
        return int(connection.execute(text(_DATABASE[engine.dialect.name])).scalar_one())


def queue_bytes(client: redis.Redis) -> int:
    """Bytes of all keys of Redis: of the messages, and not of connections."""
    keys: Any = client.keys()
    return sum(int(client.memory_usage(key, samples=0) or 0) for key in keys)
