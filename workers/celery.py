"""The Celery application with its tasks: one for each analysis, all of them the same few lines."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from celery import Celery
from celery.exceptions import Reject
from celery.signals import (
    celeryd_after_setup,
    celeryd_init,
    worker_process_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from schema.analyses import ANALYSES, task_name
from schema.celery_app import celery_app
from schema.private import be_private
from workers import child, hands, remote_control, shutdown, transport, upkeep, vitals
from workers.patience import Interrupted
from workers.request import JobRequest

logger = logging.getLogger(__name__)


def _register(app: Celery, analysis: str) -> None:
    @app.task(  # type: ignore[untyped-decorator]
        name=task_name(analysis), shared=False, Request=JobRequest, Strategy="workers.hands:hand_on"
    )
    def run(job_id: int) -> None:
        try:
            child.warm().job(analysis, job_id)
        except Interrupted:
            raise Reject(requeue=True) from None
        except Exception as error:
            # Celery would write down what it says, and so what it quotes, in the log and an event.
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = type(error).__name__
            logger.error("job %d: %s in %s, line %s", job_id, kind, where.filename, where.lineno)


def _begin(**_signal: Any) -> None:
    """Before a node opens its log, or forks; `triage worker` is private already, Celery is not."""
    be_private()


# Before anything connects: kombu looks a scheme up once.
transport.install()
remote_control.take_no_orders()
app = celery_app()
app.conf.worker_consumer = "workers.consumer:Consumer"
hands.install(app)
vitals.install(app)
for _analysis in ANALYSES:
    _register(app, _analysis)
# Weak references would not outlive this module's functions.
celeryd_init.connect(_begin, weak=False)
celeryd_after_setup.connect(child.count_children, weak=False)
worker_process_init.connect(child.start, weak=False)
worker_ready.connect(upkeep.start, weak=False)
worker_shutting_down.connect(shutdown.begin, weak=False)
worker_shutdown.connect(upkeep.leave, weak=False)
worker_shutdown.connect(child.fail_node, weak=False)
worker_shutdown.connect(vitals.end, weak=False)
