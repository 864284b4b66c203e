"""The door of a node: what comes out of Redis is one of our messages, or it is dropped here.

Whoever may write to Redis can put anything into a queue, and kombu and Celery believe most of it:
what is no JSON ends the node's event loop, headers set time limits, call-backs and dates, a
`compression` header unpacks a bomb. So of a message nothing goes further than its id and its job's
id, in an envelope that is made anew; what has not exactly that is dropped, and logged without a
word of what it said. Format: Celery's message protocol 2 in kombu's virtual transport
(docs.celeryq.dev, "Message Protocol"; `kombu.transport.virtual.Channel.prepare_message`).
"""

from __future__ import annotations

import base64
import json
import logging
import re
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from kombu.utils import json as kombu_json
from redis.exceptions import RedisError

from schema.analyses import ANALYSES, queue_name, task_name
from schema.celery_app import EXCHANGE, LATER, URGENT
from workers.lenient import LenientChannel, LenientQoS

logger = logging.getLogger(__name__)

#: Bytes; our own messages have some 900.
LONGEST = 16_384
#: Ids of jobs are 64-bit integers with a sign.
HIGHEST_ID = 2**63 - 1
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What reading a forged message may raise; deep brackets are a RecursionError, and kombu's JSON
#: knows types that have errors of their own.
UNREADABLE = (
    *(ValueError, TypeError, KeyError, AttributeError),
    *(RecursionError, ArithmeticError),
)


class ForgedMessageError(ValueError):
    """Says what of a message is not ours, without quoting it."""


def cleaned(queue: str, raw: bytes) -> str:
    """One of our messages, made anew of the two ids that it carries.

    Args:
        queue: Whence it came; only that analysis's task is taken from it.
        raw: An element of the list in Redis.

    Raises:
        ForgedMessageError: If it is none of ours.
    """
    return json.dumps(_envelope(_ours(queue, raw)))


def ids_of(analysis: str, raw: bytes) -> tuple[str, int]:
    """The id of a message, and of the job that it is about.

    Raises:
        ForgedMessageError: If it is none of ours.
    """
    ours = _ours(queue_name(analysis), raw)
    return ours.message_id, ours.job_id


@dataclass(frozen=True, slots=True)
class _Ours:
    """All that is believed of a message: its two ids, whether it was delivered before, and whose
    turn it is, so that what goes back to the queue waits where it did.
    """

    analysis: str
    message_id: str
    job_id: int
    redelivered: bool
    priority: int


def _ours(queue: str, raw: bytes) -> _Ours:
    if len(raw) > LONGEST:
        raise ForgedMessageError(f"longer than {LONGEST} bytes")
    try:
        message = json.loads(raw)
        headers, properties = message["headers"], message["properties"]
        message_id, task = headers["id"], headers["task"]
        redelivered = properties["delivery_info"].get("redelivered") is True
        priority = LATER if properties.get("priority") == LATER else URGENT
    except UNREADABLE:
        raise ForgedMessageError("not a message of Celery's protocol 2") from None
    analysis = next((name for name in ANALYSES if queue_name(name) == queue), None)
    if analysis is None or task != task_name(analysis):
        raise ForgedMessageError("not for the task of its queue")
    if not isinstance(message_id, str) or not UUID.fullmatch(message_id):
        raise ForgedMessageError("its id is no UUID")
    return _Ours(analysis, message_id, _job_id(message), redelivered, priority)


def _job_id(message: dict[str, Any]) -> int:
    """The one argument of the task."""
    try:
        if message["content-type"] != "application/json":
            raise ForgedMessageError("its content is not application/json")
        args, kwargs, _embedded = json.loads(base64.b64decode(message["body"], validate=True))
        (job_id,) = args
    except ForgedMessageError:
        raise
    except UNREADABLE:
        raise ForgedMessageError("its body is not one argument in JSON") from None
    # A bool is an int in Python; a dict of one key unpacks like a list of one element.
    if not isinstance(args, list) or type(job_id) is not int or kwargs != {}:
        raise ForgedMessageError("its argument is not the id of a job")
    if not 0 < job_id <= HIGHEST_ID:
        raise ForgedMessageError("its argument is not in the range of ids")
    return job_id


def _envelope(ours: _Ours) -> dict[str, Any]:
    nothing = dict.fromkeys(("callbacks", "errbacks", "chain", "chord"))
    body = json.dumps([[ours.job_id], {}, nothing])
    return {
        "body": base64.b64encode(body.encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {
            "lang": "py",
            "task": task_name(ours.analysis),
            "id": ours.message_id,
            "root_id": ours.message_id,
            "argsrepr": f"({ours.job_id},)",
            "kwargsrepr": "{}",
        },
        "properties": {
            "body_encoding": "base64",
            "correlation_id": ours.message_id,
            # Ours to choose: a forged one could acknowledge another message.
            "delivery_tag": str(uuid.uuid4()),
            "delivery_info": {
                "exchange": EXCHANGE,
                "routing_key": ours.analysis,
                "redelivered": ours.redelivered,
            },
            "priority": ours.priority,
        },
    }


def readable(raw: bytes) -> bool:
    """Whether kombu can take an event, or a word of remote control, for a message."""
    try:
        # Kombu's own, since types of its own can be written in JSON, rightly or not.
        message = kombu_json.loads(raw)  # type: ignore[no-untyped-call]
        properties = message["properties"]
        json.loads(base64.b64decode(message["body"], validate=True))
        return (
            message["content-type"] == "application/json"
            and message["headers"].get("compression") is None
            and properties["body_encoding"] == "base64"
            and isinstance(properties["delivery_tag"], str)
            and isinstance(properties["delivery_info"], dict)
        )
    except UNREADABLE:
        return False


def _let_in(queue: str, raw: bytes) -> str | bytes:
    """What may be taken from a queue.

    Raises:
        ForgedMessageError: If it is dropped.
    """
    if queue in map(queue_name, ANALYSES):
        return cleaned(queue, raw)
    # Answers of nodes to remote control, which are for Flower and health checks.
    if not readable(raw):
        raise ForgedMessageError("unreadable")
    return raw


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
            return key, _let_in(key.decode(errors="replace").split(Channel.sep)[0], raw)
        except ForgedMessageError as error:
            logger.warning("dropped a message of %d bytes: %s", len(raw), error)
            return None


class _QoS(LenientQoS):
    """Messages that are being worked on."""

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
        try:
            super().restore_by_tag(tag, client, leftmost)  # type: ignore[no-untyped-call]
        except UNREADABLE:
            # Else it would be tried again, and in the way of others, for ever.
            logger.warning("dropped an unacknowledged message: unreadable")
            self._remove_from_indices(tag).execute()  # type: ignore[no-untyped-call]


class Channel(LenientChannel):
    """A channel that hands on what is ours."""

    QoS = _QoS

    def _get_client(self) -> Any:
        super()._get_client()  # type: ignore[no-untyped-call]
        return partial(_Client, global_keyprefix=self.global_keyprefix)

    def _handle_message(self, client: Any, response: Any) -> Any:
        answer = super()._handle_message(client, response)  # type: ignore[no-untyped-call]
        if isinstance(answer["data"], bytes) and not readable(answer["data"]):
            logger.warning("dropped a broadcast of %d bytes: unreadable", len(answer["data"]))
            answer["data"] = None
        return answer

    def _do_restore_message(
        self, payload: Any, exchange: Any, routing_key: Any, pipe: Any, leftmost: bool = False
    ) -> None:
        try:
            ours = cleaned(routing_key, json.dumps(payload).encode())
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


def install() -> None:
    """Let URLs with `redis://` and `rediss://` mean this transport in this process."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
