"""Metrics with their types and labels, collected once from an empty ledger."""

from __future__ import annotations

from typing import Any

from prometheus_client.core import Metric
from sqlalchemy import create_engine

from docs.site.reference.table import code, table
from producer.metrics.collector import LedgerCollector
from schema.settings import Settings
from schema.tables import Base


class _EmptyRedis:
    """What `triage metrics` is told of a Redis in which nothing is."""

    def depths(self, analyses: Any) -> dict[str, tuple[int, int]]:
        return {name: (0, 0) for name in analyses}

    def server_info(self) -> dict[str, int]:
        return {"used_memory": 0, "maxmemory": 0}


def metrics_page() -> str:
    """The page: a row for each metric, by name."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    empty: Any = _EmptyRedis()
    found = sorted(LedgerCollector(engine, empty, Settings()).collect(), key=lambda one: one.name)
    engine.dispose()
    rows = [(code(_name(one)), one.type, _labels(one), one.documentation) for one in found]
    return (
        "# Metrics\n\n"
        "As `triage metrics` gives them. How they are served, and what asking costs: "
        "[Running it](../operations.md#metrics).\n\n"
        + table(("metric", "type", "labels", "says"), rows)
    )


def _name(metric: Metric) -> str:
    return metric.name + ("_total" if metric.type == "counter" else "")


def _labels(metric: Metric) -> str:
    """The labels that a family was made with, whether or not it has samples."""
    names: tuple[str, ...] = getattr(metric, "_labelnames", ())
    return ", ".join(map(code, names))
