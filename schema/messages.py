"""Messages: a job's id on the queue of its analysis, and nothing else. No text ever travels."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import redis
from celery import Celery
from kombu.exceptions import KombuError

from schema.analyses import queue_name, task_name


class BrokerError(RuntimeError):
    """Redis cannot be reached, or takes no message. Says why, in words that are fit for a log."""


@contextmanager
def _as_broker_error() -> Iterator[None]:
    """Kombu lets some of Redis's own errors through, and has several of its own."""
    try:
        yield
    except (KombuError, redis.RedisError, OSError) as error:
        raise BrokerError(_reason(error)) from error


def _reason(error: BaseException) -> str:
    """What an operator can mend, of all that kombu and redis-py have wrapped in each other."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for link in chain:
        if isinstance(link, redis.AuthenticationError):
            return "Redis refuses the user or the password"
        if isinstance(link, ssl.SSLCertVerificationError):
            return f"the certificate of Redis is not trusted ({link.verify_message})"
        if isinstance(link, ssl.SSLError):
            return "Redis does not speak TLS as we do"
        if isinstance(link, FileNotFoundError):
            return "a file that the options of the URL name is not there"
        if isinstance(link, socket.gaierror):
            return "nobody knows the host name of Redis"
    kind = next((link for link in chain if isinstance(link, OSError)), error)
    return f"Redis does not answer ({type(kind).__name__})"


class Messages:
    """Sends and counts messages in Redis.

    Args:
        app: The Celery application whose broker to use.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app

    def publish(self, analysis: str, job_ids: Sequence[int]) -> None:
        """Send one message for each job, in few round trips.

        Raises:
            BrokerError: If not all of them could be sent.
        """
        with _as_broker_error(), self._app.producer_or_acquire() as producer, producer.batch():
            for job_id in job_ids:
                self._app.send_task(
                    task_name(analysis),
                    args=(job_id,),
                    queue=queue_name(analysis),
                    producer=producer,
                    retry=False,
                )

    def depth(self, analysis: str) -> int:
        """Messages that wait in the queue of an analysis.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        with _as_broker_error(), self._app.connection_or_acquire() as connection:
            channel = connection.default_channel
            return int(channel.client.llen(queue_name(analysis)))
