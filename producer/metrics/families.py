"""Families of metrics, as Prometheus names them: `triage_`, what is counted, its unit.

No label has values without bound: analyses, phases, states and priorities are few, and neither runs
nor documents are named. Workers are named only where somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

#: Values of labels, and the value of the metric.
Sample = tuple[tuple[str, ...], float | None]


def gauge(name: str, meaning: str, labels: Iterable[str], samples: Iterable[Sample]) -> Metric:
    """Make a metric that goes up and down; a sample without a value is left out."""
    family: Any = GaugeMetricFamily(f"triage_{name}", meaning, labels=tuple(labels))
    return _fill(family, samples)


def counter(name: str, meaning: str, labels: Iterable[str], samples: Iterable[Sample]) -> Metric:
    """Make a metric that only grows, but where runs are deleted; its name ends in `_total`."""
    family: Any = CounterMetricFamily(f"triage_{name}", meaning, labels=tuple(labels))
    return _fill(family, samples)


def one_gauge(name: str, meaning: str, value: float | None) -> Metric:
    """Make a gauge without labels."""
    return gauge(name, meaning, (), [((), value)])


def labelled(values: Mapping[str, float | None]) -> Iterator[Sample]:
    """The samples of a metric with one label."""
    for name, value in values.items():
        yield (name,), value


def _fill(family: Any, samples: Iterable[Sample]) -> Metric:
    for labels, value in samples:
        if value is not None:
            family.add_metric(labels, value)
    filled: Metric = family
    return filled
