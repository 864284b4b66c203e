"""The message filter: accepts only our own messages, made anew of their two ids."""

from __future__ import annotations

import base64
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from kombu.utils import json as kombu_json

from schema.analyses import ANALYSES, queue_name, task_name
from schema.broker.app import EXCHANGE, LATER, URGENT

#: Bytes that a message may have; our own have some 900.
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
    """A message is not ours; its text says why, without quoting the message."""


def rebuild(queue: str, raw: bytes) -> str:
    """Build one of our messages anew from the two ids that it carries.

    Args:
        queue: Where it came from; only the task of that analysis is accepted from it.
        raw: An element of the list in Redis.

    Raises:
        ForgedMessageError: If it is none of ours.
    """
    return json.dumps(_envelope(_parse_ours(queue, raw)))


def ids_of(analysis: str, raw: bytes) -> tuple[str, int]:
    """The id of a message, and of the job that it is about.

    Raises:
        ForgedMessageError: If it is none of ours.
    """
    ours = _parse_ours(queue_name(analysis), raw)
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


def _parse_ours(queue: str, raw: bytes) -> _Ours:
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


def is_readable(raw: bytes) -> bool:
    """Whether kombu can read this event, or this answer to remote control, as a message."""
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


def admit(queue: str, raw: bytes) -> str | bytes:
    """Return what of an element of a queue may go further.

    Raises:
        ForgedMessageError: If it is dropped.
    """
    if queue in map(queue_name, ANALYSES):
        return rebuild(queue, raw)
    # Answers of nodes to remote control, which are for Flower and health checks.
    if not is_readable(raw):
        raise ForgedMessageError("unreadable")
    return raw
