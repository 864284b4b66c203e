"""The collector: asks database and Redis when Prometheus asks, and not oftener than it should."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import metadata
from time import monotonic, perf_counter

from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from producer.metrics.families import gauge, one_gauge
from producer.metrics.ledger_metrics import ledger_metrics
from producer.metrics.server_metrics import database_metrics, redis_metrics
from producer.metrics.worker_metrics import worker_metrics
from schema.broker.messages import BrokerError, Messages
from schema.database import reading
from schema.settings import Settings
from schema.status.backlog import read_backlog
from schema.status.workers import all_worker_status

#: Seconds for which an answer is given again: however many ask, the database is asked this often.
KEPT = 5.0


class LedgerCollector(Collector):
    """Collects all metrics; one of database and Redis that is away takes only its own with it.

    Args:
        engine: The database.
        messages: Redis; None if none is set up.
        config: Its window of dispatch.
        by_worker: Whether workers are named.
    """

    def __init__(
        self, engine: Engine, messages: Messages | None, config: Settings, by_worker: bool = False
    ) -> None:
        self._engine = engine
        self._messages = messages
        self._config = config
        self._by_worker = by_worker
        self._lock = threading.Lock()
        self._kept: list[Metric] = []
        self._until = 0.0

    def collect(self) -> Iterator[Metric]:
        """Give all metrics, as they are or were some seconds ago."""
        with self._lock:
            if monotonic() >= self._until:
                began = perf_counter()
                self._kept = [*self._of_database(), *self._of_redis(), self._build()]
                seconds = perf_counter() - began
                meaning = "Seconds that it took to collect these metrics."
                self._kept.append(one_gauge("collect_seconds", meaning, seconds))
                self._until = monotonic() + KEPT
            yield from self._kept

    def describe(self) -> list[Metric]:
        """Nothing: to be registered, the collector need not ask anybody."""
        return []

    def _of_database(self) -> list[Metric]:
        meaning = "1 if the database answers."
        try:
            with reading(self._engine) as connection:
                return [
                    *database_metrics(connection),
                    *ledger_metrics(read_backlog(connection)),
                    *worker_metrics(all_worker_status(connection), self._by_worker),
                    one_gauge("database_up", meaning, 1),
                ]
        except SQLAlchemyError:
            return [one_gauge("database_up", meaning, 0)]

    def _of_redis(self) -> list[Metric]:
        if self._messages is None:
            return []
        meaning = "1 if Redis answers."
        try:
            found = [*redis_metrics(self._messages, self._config)]
        except BrokerError:
            return [one_gauge("redis_up", meaning, 0)]
        return [*found, one_gauge("redis_up", meaning, 1)]

    def _build(self) -> Metric:
        version = metadata.version("feedback-triage")
        return gauge("build_info", "Which version says this.", ["version"], [((version,), 1)])
