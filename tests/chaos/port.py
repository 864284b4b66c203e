"""Ports for servers that go away and come back."""

from __future__ import annotations

import random
import socket

#: Below the range from which the system draws ports for clients: a port that waits for its server
#: to come back must not be given to somebody else meanwhile.
FIRST, LAST = 20_000, 31_999


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    while True:
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
