"""A server that speaks Redis's protocol, and answers every command with the same error."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast


class _Answer(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast(RefusingRedis, self.server)
        reader = cast(BinaryIO, self.rfile)
        while line := reader.readline():
            # `*N`, and N times `$LENGTH` and as many bytes: what every client sends.
            for _ in range(int(line[1:])):
                reader.read(int(reader.readline()[1:]) + 2)
            self.wfile.write(b"-" + server.error.encode() + b"\r\n")
            server.refused += 1


class RefusingRedis(socketserver.ThreadingTCPServer):
    """The server.

    Args:
        port: On this machine.
        error: The code and the text of its answers.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, error: str) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.error = error
        #: Commands that were answered.
        self.refused = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go when they please."""


@contextmanager
def refusing_redis(port: int, error: str) -> Iterator[RefusingRedis]:
    """Answer on that port until the block is left."""
    with RefusingRedis(port, error) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
