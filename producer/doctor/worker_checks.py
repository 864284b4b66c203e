"""Workers: whether there are any, whether they live and can work, on which device; stuck jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from producer.display.progress_table import duration
from producer.doctor.check import Check, fine, wrong
from schema.status.backlog import Backlog, read_backlog
from schema.status.workers import LOST_AFTER, WorkerStatus, all_worker_status
from schema.tables import WorkerState


def worker_checks(connection: Connection) -> Iterator[Check]:
    """Check all workers that were seen in the last ten minutes, and what they leave lying."""
    workers, backlog = all_worker_status(connection), read_backlog(connection)
    if not workers:
        yield wrong("workers", "none was seen for ten minutes; start one with: triage worker")
    for one in workers:
        yield _worker(one)
    yield from _devices(workers)
    yield from _unserved(workers, backlog)
    overdue = sum(jobs.overdue for jobs in backlog.jobs)
    if overdue and not any(one.unseen <= LOST_AFTER for one in workers):
        yield wrong(
            "leases",
            f"{overdue:,} jobs have leases that are over, and no worker is there to free them; "
            "start one with: triage worker",
        )
    else:
        yield fine("leases", "none is over" if not overdue else f"{overdue:,} are being freed")


def _worker(one: WorkerStatus) -> Check:
    about = f"worker {one.worker}"
    if one.unseen > LOST_AFTER:
        return wrong(
            about,
            f"not seen for {duration(one.unseen)}: its machine or its node is gone; start it again",
        )
    if one.state == WorkerState.NOT_READY:
        again = "" if one.next_try is None else f"; tries again in {duration(one.next_try)}"
        return wrong(about, f"not ready: {one.reason}{again}")
    if one.state == WorkerState.LOADING:
        return fine(about, f"loads its models, for {duration(one.in_state)} now")
    loaded = "" if one.load_seconds is None else f", loaded in {duration(one.load_seconds)}"
    return fine(
        about, f"ready for {duration(one.in_state)}{loaded}; takes {', '.join(one.analyses)}"
    )


def _devices(workers: Sequence[WorkerStatus]) -> Iterator[Check]:
    devices = {one.worker: one.device for one in workers if one.device is not None}
    on_gpus = [f"{name} on {device}" for name, device in devices.items() if device != "cpu"]
    if on_gpus:
        yield fine("GPU", "; ".join(on_gpus))
    elif devices:
        yield fine("GPU", "none: all workers compute on CPUs")


def _unserved(workers: Sequence[WorkerStatus], backlog: Backlog) -> Iterator[Check]:
    served = {name for one in workers if one.unseen <= LOST_AFTER for name in one.analyses}
    waiting: dict[str, int] = {}
    for one in backlog.documents:
        if one.phase in ("open", "ingesting"):
            waiting[one.analysis] = waiting.get(one.analysis, 0) + one.waiting
    for analysis, documents in waiting.items():
        if documents and workers and analysis not in served:
            yield wrong(
                f"backlog of {analysis}",
                f"{documents:,} documents wait, and no worker takes {analysis}; start one with: "
                f"triage worker --analyses {analysis}",
            )
