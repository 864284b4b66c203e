"""Workers as metrics: how many are in which state, and how well they use their machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import Metric

from producer.metrics.families import gauge, labelled
from schema.status.workers import LOST_AFTER, WorkerStatus
from schema.tables import WorkerState

#: The state of a worker that nobody has seen for a while, beside those that it says itself.
LOST = "lost"
STATES = (*(state.replace(" ", "_") for state in WorkerState), LOST)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


#: Of each metric what it says, how a worker has it, and how several make one.
_FIGURES: dict[str, tuple[str, Callable[[WorkerStatus], float | None], Callable[..., float]]] = {
    "worker_tokens_per_second": (
        "Tokens of texts a second in the last jobs, without padding; of all workers together.",
        lambda one: one.throughput.tokens_per_second,
        sum,
    ),
    "worker_padding_ratio": (
        "Share of what was computed that was padding, 0 to 1; the mean over workers.",
        lambda one: one.throughput.padding,
        _mean,
    ),
    "worker_batch_fill_ratio": (
        "How full batches were, 0 to 1; the mean over workers.",
        lambda one: one.throughput.batch_fill,
        _mean,
    ),
    "worker_forward_ratio": (
        "Share of the time in which models computed, 0 to 1; the mean over workers.",
        lambda one: one.throughput.forward_share,
        _mean,
    ),
    "worker_model_bytes": (
        "Bytes of the models in memory; of all workers together.",
        lambda one: None if one.models is None else sum(model.bytes for model in one.models),
        sum,
    ),
    "worker_load_seconds": (
        "Seconds that loading the models took; of the slowest worker.",
        lambda one: one.load_seconds,
        max,
    ),
}


def worker_metrics(workers: Sequence[WorkerStatus], by_worker: bool) -> Iterator[Metric]:
    """The metrics of the workers that there are.

    Args:
        workers: All that were seen lately.
        by_worker: Whether each is named, in a label `worker`. Names may be new with every start.
    """
    counts: dict[str, float | None] = dict.fromkeys(STATES, 0)
    for one in workers:
        counts[_state(one)] = (counts[_state(one)] or 0) + 1
    yield gauge("workers", "Workers by state; lost: not seen lately.", ["state"], labelled(counts))
    alive = [one for one in workers if _state(one) != LOST]
    for name, (meaning, of, together) in _FIGURES.items():
        found = {one.worker: value for one in alive if (value := of(one)) is not None}
        if by_worker:
            yield gauge(name, meaning, ["worker"], labelled(dict(found)))
        else:
            value = together(list(found.values())) if found else None
            yield gauge(name, meaning, (), [((), value)])


def _state(one: WorkerStatus) -> str:
    return LOST if one.unseen > LOST_AFTER else one.state.replace(" ", "_")
