"""Free children: a node takes a message only while a child is there that begins with it at once.

Celery takes as many messages as a node has children, also while they load their models: for half a
minute after a child was killed, messages would wait in its parent while a warm node beside it has
nothing to do. So the parent asks Redis for none without a free child, and what it
has taken when its children are gone goes back to the queue.

All of this runs in the thread of the parent's event loop; what comes from children wakes it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import Celery, bootsteps
from celery.concurrency.asynpool import AsynPool
from celery.signals import worker_before_create_process
from celery.worker import state, strategy

logger = logging.getLogger(__name__)


def install(app: Celery) -> None:
    """Let nodes take messages only for children that are free; call it before they start."""
    app.steps["consumer"].add(Credit)
    # A weak reference would not outlive this function.
    worker_before_create_process.connect(give_back, weak=False)


def count_free_children(pool: AsynPool) -> int:
    """The number of children that are up and idle, less messages that already wait for one.

    A child is up once it has loaded its models (`worker_process_init` comes first), and until it is
    seen to have ended. Negative while more wait than there are children.
    """
    return len(pool._all_inqueues) - len(pool._busy_workers) - len(pool.outbound_buffer)


class Credit(bootsteps.StartStopStep):  # type: ignore[misc]
    """Tells kombu, on each new connection, when the next message may be asked for."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        """Set the limit anew; Celery calls this whenever its consumer has connected."""
        channel, pool = consumer.task_consumer.channel, consumer.pool._pool
        by_number: Callable[[], bool] = channel.qos.can_consume

        def can_consume() -> bool:
            # What has been asked for is read: it may have been taken out of the queue by now.
            return by_number() and (count_free_children(pool) > 0 or bool(channel._in_poll))

        channel.qos.can_consume = can_consume


def hand_on(task: Any, app: Celery, consumer: Any, **options: Any) -> Callable[..., None]:
    """Make the function that gives each message to a free child, or back to the queue without one.

    A child may end between the question for a message and the answer, a second later.
    """
    to_a_child = strategy.default(task, app, consumer, **options)
    pool = consumer.pool._pool

    def on_message(message: Any, body: Any, ack: Any, reject: Any, *rest: Any) -> None:
        if count_free_children(pool) > 0:
            to_a_child(message, body, ack, reject, *rest)
        else:
            logger.info(
                "message %s goes back to its queue: no child is free", message.headers["id"]
            )
            reject(logger, consumer.connection_errors, True)

    return on_message


def give_back(sender: AsynPool, **_signal: Any) -> None:
    """Give back what waits for a dead child; Celery calls this when it is about to be replaced."""
    for request in list(state.reserved_requests):
        if count_free_children(sender) >= 0:
            return
        job = request._apply_result and request._apply_result()
        if job in sender.outbound_buffer:
            sender.outbound_buffer.remove(job)
            job.discard()
            state.task_ready(request)
            logger.info("message %s goes back to its queue: no child is free", request.id)
            request.reject(requeue=True)
