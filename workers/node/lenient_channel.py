"""A channel that does without what Redis refuses, where a node can do without it.

Celery notes in Redis which messages are being worked on, and tells Flower what happens. The ledger
knows who works on what, and sends again what was lost; so a refused note, event or answer is no
reason to stop. The bases of the channel in `workers.node.transport`.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty
from typing import Any

import redis
import redis.sentinel
from kombu.transport import redis as transport
from kombu.transport import virtual

from schema.broker.redis_keys import PROBE, PROBE_LIFE, move_aside
from schema.broker.refusals import WRONG_TYPE, reason_of, refusal_code
from workers.node.redis_outage import logger, redis_outage

#: Errors that redis-py raises if Redis cannot be reached or refuses.
UNUSABLE = (redis.RedisError, OSError)
#: Exchanges of what is sent without anybody waiting for it: Celery's events, and answers to remote
#: control.
IN_PASSING = frozenset({"celeryev", "reply.celery.pidbox"})


class _Reconnecting:
    """A connection that is made anew after a refusal, at the next command: behind the same name
    there may be another server by then, as after a failover.
    """

    _refused = False
    _greets = False

    def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return super().read_response(*args, **options)  # type: ignore[misc]
        except redis.exceptions.NoScriptError:
            # Redis-py's way to learn that a script has to be loaded.
            raise
        except redis.ResponseError:
            self._refused = True
            raise

    def on_connect_check_health(self, *args: Any, **options: Any) -> None:
        # An older server refuses to be told our name and version; then nothing is amiss.
        self._greets = True
        try:
            super().on_connect_check_health(*args, **options)  # type: ignore[misc]
        finally:
            self._greets = self._refused = False

    def send_packed_command(self, *args: Any, **options: Any) -> None:
        if self._refused and not self._greets:
            self.disconnect()
        super().send_packed_command(*args, **options)  # type: ignore[misc]

    def disconnect(self, *args: Any, **options: Any) -> None:
        self._refused = False
        super().disconnect(*args, **options)  # type: ignore[misc]


class _Connection(_Reconnecting, redis.Connection):
    pass


class _TlsConnection(_Reconnecting, redis.SSLConnection):
    pass


class SentinelConnection(_Reconnecting, redis.sentinel.SentinelManagedConnection):
    """A connection to the server that Sentinels name when it is made."""


class LenientQoS(transport.QoS):
    """Knows which messages are being worked on; Redis notes it as far as it takes writes."""

    def append(self, message: Any, delivery_tag: str) -> None:
        """Note that a message is being worked on."""
        try:
            super().append(message, delivery_tag)  # type: ignore[no-untyped-call]
        except UNUSABLE as error:
            self.channel.do_without(error)
            virtual.QoS.append(self, message, delivery_tag)  # type: ignore[no-untyped-call]

    def ack(self, delivery_tag: str) -> None:
        """Note that a message is done; what stays of it in Redis expires."""
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        except UNUSABLE as error:
            self.channel.do_without(error)
            # Else the node would wait for ever for a child that is free already.
            virtual.QoS.ack(self, delivery_tag)  # type: ignore[no-untyped-call]

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Give a message back, or throw it away."""
        try:
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]
        except UNUSABLE as error:
            self.channel.do_without(error)
            virtual.QoS.ack(self, delivery_tag)  # type: ignore[no-untyped-call]

    def restore_visible(self, *args: Any, **options: Any) -> None:
        """Give back the messages of nodes that are gone."""
        try:
            super().restore_visible(*args, **options)  # type: ignore[no-untyped-call]
        except UNUSABLE as error:
            self.channel.do_without(error)

    def restore_unacked(self, client: Any = None) -> None:
        """Give back the messages that this node has not acknowledged."""
        try:
            super().restore_unacked(client)  # type: ignore[no-untyped-call]
        except UNUSABLE as error:
            self.channel.do_without(error)
            self._delivered.clear()


class LenientChannel(transport.Channel):
    """A channel that goes on as long as messages can be had."""

    QoS = LenientQoS
    connection_class: Any = _Connection
    connection_class_ssl: Any = _TlsConnection
    #: Whether Redis has answered when it was asked for messages.
    has_answered = False

    def probe(self) -> None:
        """Check that Redis takes writes, and that our keys are of the right type.

        Raises:
            redis.RedisError: If it does not.
        """
        with self.conn_or_acquire() as client:
            for moved in move_aside(client):
                logger.warning("in Redis %s", moved)
            client.set(PROBE, "", ex=PROBE_LIFE)

    def do_without(self, error: BaseException) -> None:
        """Note that Redis has refused something that nobody has to wait for."""
        redis_outage.note(reason_of(error))
        if refusal_code(error) == WRONG_TYPE:
            with suppress(*UNUSABLE):
                self.probe()
                redis_outage.over()

    def _brpop_read(self, **options: Any) -> Any:
        try:
            read = super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except Empty:
            self.has_answered = True
            raise
        self.has_answered = True
        return read

    def basic_publish(self, message: Any, exchange: str, routing_key: str, **options: Any) -> Any:
        """Send a message; events and answers only if Redis takes them."""
        try:
            return super().basic_publish(  # type: ignore[no-untyped-call]
                message, exchange, routing_key, **options
            )
        except UNUSABLE as error:
            if exchange not in IN_PASSING:
                raise
            self.do_without(error)
            return None

    def queue_delete(self, queue: str, *args: Any, **options: Any) -> None:
        """Delete a queue for broadcasts, if Redis lets us."""
        try:
            super().queue_delete(queue, *args, **options)  # type: ignore[no-untyped-call]
        except UNUSABLE as error:
            self.do_without(error)

    def close(self) -> None:
        """Close all connections, whatever Redis says."""
        # What it still waits for may be answered with an error, and the rest is to be closed too.
        try:
            super().close()  # type: ignore[no-untyped-call]
        except UNUSABLE:
            super().close()  # type: ignore[no-untyped-call]
