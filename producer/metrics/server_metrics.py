"""Database and Redis as metrics: whether they answer, how quickly, and how full they are."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from prometheus_client.core import Metric
from sqlalchemy import Connection, text

from producer.metrics.families import gauge, one_gauge
from schema.analyses import ANALYSES
from schema.broker.messages import Messages
from schema.settings import Settings

_SIZES = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
}


def database_metrics(connection: Connection) -> Iterator[Metric]:
    """How quickly the database answers, and its size."""
    began = perf_counter()
    connection.execute(text("SELECT 1")).scalar_one()
    yield one_gauge(
        "database_answer_seconds",
        "Seconds until the database has answered a question that costs nothing.",
        perf_counter() - began,
    )
    size = connection.execute(text(_SIZES[connection.dialect.name])).scalar_one()
    yield one_gauge("database_size_bytes", "Bytes of the database.", float(size))


def redis_metrics(messages: Messages, config: Settings) -> Iterator[Metric]:
    """How quickly Redis answers, what waits in the queues, and how full it is.

    Raises:
        BrokerError: If it cannot be reached.
    """
    began = perf_counter()
    depths = messages.depths(ANALYSES)
    seconds = perf_counter() - began
    yield one_gauge(
        "redis_answer_seconds", "Seconds until Redis has said how long its queues are.", seconds
    )
    yield gauge(
        "queue_messages",
        "Messages in Redis. This is not the backlog, of which they are a small window.",
        ("analysis", "priority"),
        (
            ((analysis, priority), count)
            for analysis, counts in depths.items()
            for priority, count in zip(("urgent", "later"), counts, strict=True)
        ),
    )
    yield one_gauge(
        "dispatch_window_messages",
        "TRIAGE_WINDOW: messages that are kept ready for each analysis at the least.",
        config.window,
    )
    memory = messages.server_info()
    yield one_gauge("redis_memory_bytes", "Bytes that Redis uses.", memory.get("used_memory"))
    yield one_gauge(
        "redis_memory_limit_bytes",
        "maxmemory of Redis in bytes; 0: none.",
        memory.get("maxmemory"),
    )
