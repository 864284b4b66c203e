"""Messages as a forger would make them."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode
from pathlib import Path
from typing import Any

#: Stands in every forged message, and so nowhere else.
MARKER = "forgedfeldspar"


def encoded(body: object) -> str:
    """A body as kombu has it."""
    return b64encode(json.dumps(body).encode()).decode()


def message(job_id: object, task: str = "triage.sentiment") -> dict[str, Any]:
    """A message as Celery would send it."""
    number = str(uuid.uuid4())
    return {
        "body": encoded([[job_id], {}, {"callbacks": None, "errbacks": None, "chord": None}]),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": task, "id": number, "root_id": number, "retries": 0},
        "properties": {
            "correlation_id": number,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": "sentiment"},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
        },
    }


def forged(**changes: Any) -> str:
    """A good message of a job that does not exist, but for these parts of the envelope."""
    return json.dumps(message(10**9) | {"origin": MARKER} | changes)


class Exploit:
    """Unpickling it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)
