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
    setup_logging,
    worker_process_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from schema.analyses import ANALYSES, task_name
from schema.broker.app import celery_app
from schema.catalog.own_analyses import learn_analyses
from schema.private_files import be_private
from schema.settings import settings
from workers.child import startup
from workers.child.retry import NodeStopping
from workers.node import (
    free_children,
    logs,
    maintenance_thread,
    remote_control,
    shutdown,
    transport,
    vitals,
)
from workers.node.request import JobRequest

logger = logging.getLogger(__name__)


def _register(app: Celery, analysis: str) -> None:
    @app.task(  # type: ignore[untyped-decorator]
        name=task_name(analysis),
        shared=False,
        Request=JobRequest,
        Strategy="workers.node.free_children:hand_on",
    )
    def run(job_id: int) -> None:
        try:
            startup.runner().run_message(analysis, job_id)
        except NodeStopping:
            raise Reject(requeue=True) from None
        except Exception as error:
            # Celery would write down what it says, and so what it quotes, in the log and an event.
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = type(error).__name__
            logger.error(
                "job %d: %s in %s, line %s",
                *(job_id, kind, where.filename, where.lineno),
                extra=logs.about(job_id),
            )


def _begin(**_signal: Any) -> None:
    """Before a node opens its log, or forks; `triage worker` is private already, Celery is not."""
    be_private()


# Before anything connects: kombu looks a scheme up once.
transport.install()
remote_control.take_no_orders()
# The queues and tasks of the user's own analyses are made of the catalog.
learn_analyses(settings().models)
app = celery_app()
app.conf.worker_consumer = "workers.node.consumer:Consumer"
free_children.install(app)
vitals.install(app)
for _analysis in ANALYSES:
    _register(app, _analysis)
# Weak references would not outlive this module's functions.
celeryd_init.connect(_begin, weak=False)
celeryd_init.connect(logs.begin_node, weak=False)
setup_logging.connect(logs.set_up, weak=False)
celeryd_after_setup.connect(startup.count_children, weak=False)
worker_process_init.connect(startup.start, weak=False)
worker_ready.connect(maintenance_thread.start, weak=False)
worker_shutting_down.connect(shutdown.begin, weak=False)
worker_shutdown.connect(maintenance_thread.leave, weak=False)
worker_shutdown.connect(startup.fail_node, weak=False)
worker_shutdown.connect(vitals.end, weak=False)
