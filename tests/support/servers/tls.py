"""TLS before a server that has none: a real handshake, as clients see it, in front of real bytes.

The Redis and the PostgreSQL that come as Python packages are built without TLS; what we ship is the
client's side, and that cannot tell.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

#: PostgreSQL's SSLRequest (postgresql.org, "Message Formats"); `S` answers it, then TLS begins.
SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")


@dataclass(frozen=True)
class Authority:
    """Who signs certificates, and the file that makes a client trust it."""

    authority: trustme.CA
    file: Path

    def context(self, host: str = "localhost", expired: bool = False) -> ssl.SSLContext:
        """A server's side, with a certificate for that host."""
        ends = datetime.now(UTC) + timedelta(days=-1 if expired else 1)
        begins = ends - timedelta(days=10)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(host, not_before=begins, not_after=ends).configure_cert(context)
        return context


def make_authority(file: Path) -> Authority:
    """A new authority, whose certificate is written to a file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(file))
    return Authority(authority, file)


@contextmanager
def tls_before(port: int, context: ssl.SSLContext, postgres: bool = False) -> Iterator[int]:
    """Take TLS on a free port of this machine, and hand it on in clear to another port of it.

    Args:
        port: Of the real server.
        context: What to show to clients.
        postgres: Whether clients ask for TLS first, as PostgreSQL's do.
    """
    ready: list[tuple[int, asyncio.AbstractEventLoop]] = []
    started = threading.Event()
    over = asyncio.Event()

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError, EOFError):
            if postgres:
                # It may ask for another kind of encryption before.
                while await reader.readexactly(8) != SSL_REQUEST:
                    writer.write(b"N")
                writer.write(b"S")
                await writer.start_tls(context)
            behind = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_copy(reader, behind[1]), _copy(behind[0], writer))

    async def serve() -> None:
        server = await asyncio.start_server(
            handle, "127.0.0.1", 0, ssl=None if postgres else context
        )
        ready.append((server.sockets[0].getsockname()[1], asyncio.get_running_loop()))
        started.set()
        await over.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(30)
    ((own, loop),) = ready
    try:
        yield own
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
