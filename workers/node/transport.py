"""Kombu's transport with our message filter: what is none of our messages is dropped here.

Whoever may write to Redis can put anything into a queue, and kombu and Celery believe most of it:
what is no JSON ends the node's event loop, headers set time limits, call-backs and dates, a
`compression` header unpacks a bomb. So of a message nothing goes further than its id and its job's
id, in an envelope that is made anew; what has not exactly that is dropped, and logged without a
word of what it said. Format: Celery's message protocol 2 in kombu's virtual transport
(docs.celeryq.dev, "Message Protocol"; `kombu.transport.virtual.Channel.prepare_message`).
"""

from __future__ import annotations

import json
import logging
from functools import partial
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import RedisError

from schema.broker.app import EXCHANGE
from workers.node.lenient_channel import LenientChannel, LenientQoS, SentinelConnection
from workers.node.message_filter import UNREADABLE, ForgedMessageError, admit, is_readable, rebuild

logger = logging.getLogger(__name__)


class _Client(redis.PrefixedStrictRedis):
    """Reads queues; a message that is dropped looks to kombu like a queue that was empty."""

    def parse_response(self, connection: Any, command_name: str, **options: Any) -> Any:
        answer = super().parse_response(  # type: ignore[no-untyped-call]
            connection, command_name, **options
        )
        if command_name != "BRPOP" or not answer:
            return answer
        key, raw = answer
        try:
            return key, admit(key.decode(errors="replace").split(Channel.sep)[0], raw)
        except ForgedMessageError as error:
            logger.warning("dropped a message of %d bytes: %s", len(raw), error)
            return None


class _QoS(LenientQoS):
    """Knows which messages are being worked on; one that cannot be read is dropped."""

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
        try:
            super().restore_by_tag(tag, client, leftmost)  # type: ignore[no-untyped-call]
        except UNREADABLE:
            # Else it would be tried again, and in the way of others, for ever.
            logger.warning("dropped an unacknowledged message: unreadable")
            self._remove_from_indices(tag).execute()  # type: ignore[no-untyped-call]


class Channel(LenientChannel):
    """A channel that hands on our own messages only."""

    QoS = _QoS

    def _get_client(self) -> Any:
        super()._get_client()  # type: ignore[no-untyped-call]
        return partial(_Client, global_keyprefix=self.global_keyprefix)

    def _handle_message(self, client: Any, response: Any) -> Any:
        answer = super()._handle_message(client, response)  # type: ignore[no-untyped-call]
        if isinstance(answer["data"], bytes) and not is_readable(answer["data"]):
            logger.warning("dropped a broadcast of %d bytes: unreadable", len(answer["data"]))
            answer["data"] = None
        return answer

    def _do_restore_message(
        self, payload: Any, exchange: Any, routing_key: Any, pipe: Any, leftmost: bool = False
    ) -> None:
        try:
            ours = rebuild(routing_key, json.dumps(payload).encode())
        except ForgedMessageError as error:
            logger.warning("dropped an unacknowledged message: %s", error)
            return
        super()._do_restore_message(  # type: ignore[no-untyped-call]
            json.loads(ours), EXCHANGE, routing_key, pipe, leftmost
        )


class Transport(redis.Transport):
    """Kombu's Redis transport with that channel; a Redis that refuses is a Redis that is away."""

    Channel = Channel

    #: What Celery takes for a lost connection, and connects again after.
    connection_errors = (*redis.Transport.connection_errors, RedisError)


class SentinelChannel(Channel, redis.SentinelChannel):
    """The same, of a Redis that Sentinels name."""

    connection_class = SentinelConnection
    #: `parse_sentinel_url` takes no TLS.
    connection_class_ssl = None


class SentinelTransport(Transport, redis.SentinelTransport):
    """The same, of a Redis that Sentinels name."""

    Channel = SentinelChannel
    default_port = redis.SentinelTransport.default_port


def install() -> None:
    """Make URLs with `redis://`, `rediss://` and `sentinel://` use these in this process."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
    TRANSPORT_ALIASES["sentinel"] = f"{__name__}:SentinelTransport"
