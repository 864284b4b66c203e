"""The server's process: it listens, says where, and ends when it is told to."""

from __future__ import annotations

import logging
import signal
import socket
from types import FrameType

import anyio.to_thread
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from producer.display.say import say
from producer.errors import UsageError
from producer.serve.app import make_app
from producer.serve.context import open_serve
from producer.serve.meaning import MeaningProcess
from schema.settings import Settings

#: Requests that are worked on at once: each holds a connection at the most, of the 15 that there
#: are, of which two are for reading facts.
AT_ONCE = 12
#: Seconds that open requests get when the server is told to end.
GRACE = 1


class _Limited:
    """The application with as many threads as there are connections."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        await self._app(scope, receive, send)


def run_server(config: Settings, listening: socket.socket) -> None:
    """Serve until a signal comes.

    Args:
        config: The settings; the database has been checked.
        listening: Where requests come in.

    Raises:
        KeyboardInterrupt: On Ctrl-C, when the server has ended.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    meaning = MeaningProcess()
    serve = open_serve(config, meaning.ask)
    proxies = config.serve_proxies
    options = uvicorn.Config(
        _Limited(make_app(serve)),
        # Addresses have words of searches in them: they are in no log.
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        server_header=False,
        proxy_headers=proxies is not None,
        forwarded_allow_ips=[one.strip() for one in (proxies or "").split(",") if one.strip()],
        timeout_graceful_shutdown=GRACE,
        lifespan="off",
    )
    # uvicorn raises a signal again when it has ended: SIGTERM is no error then.
    signal.signal(signal.SIGTERM, _end)
    try:
        uvicorn.Server(options).run(sockets=[listening])
    finally:
        meaning.close()
        serve.reader.dispose()
        serve.writer.dispose()


def _end(number: int, frame: FrameType | None) -> None:
    say("the server has ended", err=True)


def listen(address: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UsageError: If it cannot.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address, port))
        made.listen(128)
    except (OSError, TypeError, UnicodeError) as error:
        made.close()
        # Of a name that cannot be one Python says no more than that.
        why = error.strerror if isinstance(error, OSError) else "that is no address"
        raise UsageError(
            f"cannot listen on {address}, port {port} ({why}); "
            "name others with --address and --port"
        ) from None
    return made
