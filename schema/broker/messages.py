"""Messages: each holds the id of a job, in the queue of its analysis; no text ever travels."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import redis
from celery import Celery
from kombu.exceptions import KombuError

from schema.analyses import queue_name, task_name
from schema.broker.app import KEY_PREFIX, LATER, URGENT
from schema.broker.redis_keys import PROBE, PROBE_LIFE, move_aside
from schema.broker.refusals import WRONG_TYPE, reason_of, refusal_code

logger = logging.getLogger(__name__)

#: Errors that kombu and redis-py raise if Redis cannot be reached or refuses.
UNUSABLE = (KombuError, redis.RedisError, OSError)


class BrokerError(RuntimeError):
    """Redis cannot be reached, or takes no message. Its text says why, and is fit for a log."""


class Messages:
    """Sends and counts messages in Redis.

    Args:
        app: The Celery application whose broker to use.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app

    def probe(self) -> None:
        """Check that Redis takes writes, as publishing needs it to.

        Raises:
            BrokerError: If it does not.
        """
        with self._asking(), self._app.connection_or_acquire() as connection:
            connection.default_channel.client.set(PROBE, "", ex=PROBE_LIFE)

    def publish(self, analysis: str, job_ids: Sequence[int], /, *, urgent: bool = True) -> None:
        """Send one message for each job, in few round trips.

        Args:
            analysis: The analysis whose queue they go to.
            job_ids: The jobs.
            urgent: Whether they are taken before all messages that are not.

        Raises:
            BrokerError: If not all of them could be sent.
        """
        with self._asking(), self._app.producer_or_acquire() as producer, producer.batch():
            for job_id in job_ids:
                self._app.send_task(
                    task_name(analysis),
                    args=(job_id,),
                    queue=queue_name(analysis),
                    producer=producer,
                    priority=URGENT if urgent else LATER,
                    retry=False,
                )

    def take(
        self, analysis: str, *, urgent: bool = False, later_first: bool = False
    ) -> bytes | None:
        """Take the message that has waited longest out of the queue, an urgent one if there is any.

        It is gone for good, without an acknowledgement: a prefetched job needs none, and a message
        that is lost is sent again.

        Args:
            analysis: The analysis whose queue it is.
            urgent: Whether only an urgent one is taken.
            later_first: Whether one that is not urgent goes before.

        Returns:
            The message as Redis holds it, not yet checked; None if none waits.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        with self._asking(), self._app.connection_or_acquire() as connection:
            channel = connection.default_channel
            order = (LATER, URGENT) if later_first else (URGENT, LATER)
            for priority in (URGENT,) if urgent else order:
                taken: bytes | None = channel.client.rpop(_list_of(channel, analysis, priority))
                if taken is not None:
                    return taken
            return None

    def send_task_events(
        self, node: str, analysis: str, job_id: int, message_id: str, seconds: float
    ) -> None:
        """Send Flower the events of a message that `take` took, which Celery knows nothing of.

        Args:
            node: Name of the node as Celery has it, e.g. `gpu0@host`.
            analysis: The analysis whose queue it came from.
            job_id: Id of its job.
            message_id: Id of the message.
            seconds: How long its job took.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        task = {"uuid": message_id, "name": task_name(analysis)}
        with self._asking(), self._app.events.default_dispatcher(hostname=node) as events:
            events.send("task-received", args=f"({job_id},)", kwargs="{}", **task)
            events.send("task-started", **task)
            events.send("task-succeeded", result="None", runtime=seconds, **task)

    def depth(self, analysis: str) -> int:
        """Count the messages that wait in the queue of an analysis.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        return sum(self.depths([analysis])[analysis])

    def depths(self, analyses: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Count the messages that wait in the queues of some analyses, urgent ones and others.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        with self._asking(), self._app.connection_or_acquire() as connection:
            channel = connection.default_channel
            with channel.client.pipeline(transaction=False) as asking:
                for analysis in analyses:
                    asking.llen(_list_of(channel, analysis, URGENT))
                    asking.llen(_list_of(channel, analysis, LATER))
                found = iter(map(int, asking.execute()))
            return {analysis: (next(found), next(found)) for analysis in analyses}

    def server_info(self) -> dict[str, Any]:
        """What Redis says of itself: version, memory, persistence, and its policy of eviction.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        with self._asking(), self._app.connection_or_acquire() as connection:
            found: dict[str, Any] = connection.default_channel.client.info()
            return found

    def waiting(self, analysis: str) -> list[bytes]:
        """Read all messages that wait in the queue of an analysis, as Redis holds them.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        with self._asking(), self._app.connection_or_acquire() as connection:
            channel = connection.default_channel
            found: list[bytes] = []
            for priority in (URGENT, LATER):
                # Kombu's client puts the prefix before the keys of commands that it needs itself.
                key = KEY_PREFIX + _list_of(channel, analysis, priority)
                found += channel.client.lrange(key, 0, -1)
            return found

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Raise every error of kombu and Redis as a `BrokerError`."""
        try:
            yield
        except UNUSABLE as error:
            if refusal_code(error) == WRONG_TYPE:
                self._move_aside()
            raise BrokerError(reason_of(error)) from error

    def _move_aside(self) -> None:
        # If that is refused too, whoever asks next comes here again.
        with suppress(*UNUSABLE), self._app.connection_or_acquire() as connection:
            for moved in move_aside(connection.default_channel.client):
                logger.warning("in Redis %s", moved)


def _list_of(channel: Any, analysis: str, priority: int) -> str:
    """The name that kombu gives the list in Redis."""
    return str(channel._q_for_pri(queue_name(analysis), priority))
