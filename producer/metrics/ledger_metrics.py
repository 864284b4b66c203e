"""What the ledger holds, as metrics: the backlog is here, and not in the queues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from prometheus_client.core import Metric

from producer.metrics.families import counter, gauge, labelled
from schema.analyses import ANALYSES
from schema.status.backlog import Backlog, Jobs

#: What becomes of documents, as values of the label `state`.
STATES = ("waiting", "in_flight", "done", "dead", "cancelled")
ROWS = ("read", "stored", "duplicate", "rejected")
#: The gauges of jobs, by their fields.
_JOBS = {
    "queued": ("jobs_queued", "Jobs whose messages are out: the dispatch window."),
    "running": ("jobs_running", "Jobs that a worker holds."),
    "overdue": ("leases_expired", "Jobs whose lease is over and that nobody has freed yet."),
    "backing_off": ("jobs_backing_off", "Jobs that wait for the time of their next attempt."),
    "oldest": (
        "oldest_waiting_seconds",
        "Seconds since the oldest run was made of which documents wait and nobody holds back.",
    ),
}
_COUNTERS = {
    "claims": ("job_claims", "Times that a worker took a job."),
    "retries": (
        "job_retries",
        "Attempts beyond the first of each job: a lease had expired, or it had failed.",
    ),
    "expiries": (
        "lease_expiries",
        "Leases on jobs that ended without a finish: the worker had died, hung, or was cut off.",
    ),
}


def ledger_metrics(found: Backlog) -> Iterator[Metric]:
    """The metrics of a backlog."""
    documents = [asdict(one) for one in found.documents]
    key = ("analysis", "run_state")
    yield gauge(
        "documents",
        "Documents by what has become of them in an analysis; done: with a result or left alone.",
        (*key, "state"),
        (
            ((one["analysis"], one["phase"], state), one[state])
            for one in documents
            for state in STATES
        ),
    )
    yield gauge(
        "documents_blocked",
        "Waiting documents whose turn comes only after another analysis of them.",
        key,
        (((one["analysis"], one["phase"]), one["blocked"]) for one in documents),
    )
    yield gauge("runs", "Runs.", ["run_state"], (((one.phase,), one.runs) for one in found.rows))
    yield gauge(
        "rows",
        "Rows of inputs by what has become of them.",
        ("run_state", "outcome"),
        (((one.phase, name), getattr(one, name)) for one in found.rows for name in ROWS),
    )
    yield from _of_jobs(found.jobs)


def _of_jobs(found: tuple[Jobs, ...]) -> Iterator[Metric]:
    by_analysis = {one.analysis: asdict(one) for one in found}
    for families, make in ((_JOBS, gauge), (_COUNTERS, counter)):
        for field, (name, meaning) in families.items():
            # What nobody waits for has been waited for 0 s: so an alert on it ends.
            values = {
                analysis: by_analysis.get(analysis, {}).get(field) or 0 for analysis in ANALYSES
            }
            yield make(name, meaning, ["analysis"], labelled(values))
