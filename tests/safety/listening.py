"""Listening in on Redis: all that goes through it, and Celery's events as Flower gets them."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from celery import Celery

from tests.support.waiting import wait_until

#: Bodies of messages, as kombu hides them from the eye.
_BODY = re.compile(r'"body": "([A-Za-z0-9+/=]+)"')
#: What ends the listening.
_LAST = "the last word"
PATIENCE = 60.0


class Heard:
    """What was heard so far."""

    def __init__(self) -> None:
        #: Every command that Redis was given, with all that it was to store or to pass on.
        self.commands: list[str] = []
        self.events: list[dict[str, Any]] = []

    def text(self) -> str:
        """All of it, and the bodies in it once more in clear."""
        commands = "\n".join(self.commands)
        bodies = "\n".join(base64.b64decode(body).decode() for body in _BODY.findall(commands))
        return f"{commands}\n{bodies}\n{json.dumps(self.events, default=repr)}"


@contextmanager
def listening(url: str, app: Celery) -> Iterator[Heard]:
    """Hear everything from now on until the end of the block."""
    heard = Heard()
    began = threading.Event()

    def monitor() -> None:
        with redis.Redis.from_url(url) as client, client.monitor() as commands:
            began.set()
            for command in commands.listen():
                heard.commands.append(command["command"])
                if _LAST in command["command"]:
                    return

    connection = app.connection_for_read()
    receiver = app.events.Receiver(connection, handlers={"*": heard.events.append})

    def receive() -> None:
        for _ in receiver.itercapture(wakeup=False):
            continue

    threads = [threading.Thread(target=one, daemon=True) for one in (monitor, receive)]
    for thread in threads:
        thread.start()
    try:
        assert began.wait(PATIENCE)
        wait_until(lambda: heard.events, PATIENCE, "a node's heartbeat is heard")
        yield heard
    finally:
        receiver.should_stop = True
        with redis.Redis.from_url(url) as client:
            client.echo(_LAST)
        for thread in threads:
            thread.join(PATIENCE)
        connection.release()
