"""The consumer of a node: waits for a Redis that is away, whatever "away" is.

Celery's own goes on after a lost connection, and ends with a traceback after an error reply such as
`READONLY` or `OOM`. Here both are an outage: it is said once, and tried again until it is over.
"""

from __future__ import annotations

import logging
import time
import warnings
from contextlib import suppress
from typing import Any

from celery.exceptions import CPendingDeprecationWarning
from celery.worker import consumer
from celery.worker.consumer.consumer import CONNECTION_RETRY
from celery.worker.state import maybe_shutdown
from kombu.connection import Connection

from schema.broker.refusals import reason_of, refusal_code
from workers.node.redis_outage import redis_outage

#: Seconds between two checks whether the node is to end.
POLL_INTERVAL = 0.25

#: Errors that are not logged, since the answer behind them says why.
PASSING = frozenset({"UNBLOCKED"})


class Pauses:
    """Seconds to wait before the next try: at first none, since most connections come back."""

    #: After the second failure; doubles …
    FIRST = 0.5
    #: … up to this, within which the end of an outage is noticed.
    LONGEST = 15.0

    def __init__(self) -> None:
        self._next = 0.0

    def reset(self) -> None:
        """Note that Redis has worked: the next failure is the first again."""
        self._next = 0.0

    def next(self) -> float:
        """How long to wait after a failure."""
        pause, self._next = self._next, min(max(2 * self._next, self.FIRST), self.LONGEST)
        return pause


class Consumer(consumer.Consumer):  # type: ignore[misc]
    """Celery's consumer, for which a refusal is a lost connection (see `transport.Transport`)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pauses = Pauses()
        # Celery asks this once, when it is ready, and ends a node of which a child has died by
        # then. Ours replaces it, as it does later.
        self.pool.did_start_ok = _is_ready

    def ensure_connected(self, conn: Connection) -> Connection:
        """Connect, and try until Redis takes a write or the node is to end."""
        while True:
            try:
                # Once: kombu would say it every time, and wait for up to half a minute.
                conn.ensure_connection(max_retries=0, reraise_as_library_errors=False)  # type: ignore[no-untyped-call]
                channel: Any = conn.default_channel
                channel.probe()
            except (*conn.connection_errors, *conn.channel_errors) as error:
                redis_outage.note(reason_of(error))
                self._drop(conn)
                self._wait()
            else:
                self.first_connection_attempt = False
                redis_outage.over()
                return conn

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Note and wait; Celery calls this when Redis fails before the consumer has connected."""
        redis_outage.note(reason_of(exc))
        self._wait()

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Note and wait; Celery calls this when Redis fails later, and its line would quote it."""
        if refusal_code(exc) not in PASSING:
            redis_outage.note(reason_of(exc))
        if self.task_consumer and self.task_consumer.channel.has_answered:
            self._pauses.reset()
        with warnings.catch_warnings():
            # Of what Celery 6 will do with running tasks; we have set that.
            warnings.simplefilter("ignore", CPendingDeprecationWarning)
            super().on_connection_error_after_connected(exc)
        self._wait()

    def _wait(self) -> None:
        """Wait until it is worth trying again.

        Raises:
            SystemExit: If the node is to end.
        """
        end = time.monotonic() + self._pauses.next()
        maybe_shutdown()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, POLL_INTERVAL))
            maybe_shutdown()

    def _drop(self, conn: Connection) -> None:
        """Close a connection that is of no use: the next one may lead to another server."""
        with suppress(*conn.connection_errors, *conn.channel_errors):
            conn.collect()  # type: ignore[no-untyped-call]


def _is_ready() -> bool:
    return True


class _Unsaid(logging.Filter):
    """Drops Celery's line about a lost connection, of which more has been said."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (isinstance(record.args, tuple) and CONNECTION_RETRY in record.args)


logging.getLogger(consumer.consumer.__name__).addFilter(_Unsaid())
