"""The Celery application with its tasks: one for each analysis, all of them the same few lines."""

from __future__ import annotations

from celery import Celery
from celery.signals import (
    celeryd_after_setup,
    worker_process_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from schema.analyses import ANALYSES, task_name
from schema.celery_app import celery_app
from workers import child, transport, upkeep


def _register(app: Celery, analysis: str) -> None:
    @app.task(name=task_name(analysis), shared=False)  # type: ignore[untyped-decorator]
    def run(job_id: int) -> None:
        child.warm().job(analysis, job_id)


# Before anything connects: kombu looks a scheme up once.
transport.install()
app = celery_app()
for _analysis in ANALYSES:
    _register(app, _analysis)
# Weak references would not outlive this module's functions.
celeryd_after_setup.connect(child.count_children, weak=False)
worker_process_init.connect(child.start, weak=False)
worker_ready.connect(upkeep.start, weak=False)
worker_shutting_down.connect(upkeep.stop, weak=False)
worker_shutdown.connect(child.fail_node, weak=False)
