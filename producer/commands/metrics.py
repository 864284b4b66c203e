"""`triage metrics`: the ledger, workers and servers for Prometheus."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from producer.display.say import say
from producer.errors import UsageError
from producer.session import open_database, open_settings

#: Where it listens unless somebody says otherwise: only this machine can ask.
ADDRESS, PORT = "127.0.0.1", 9464


def metrics(
    once: Annotated[bool, typer.Option("--once", help="Print them once, and end.")] = False,
    address: Annotated[str, typer.Option(help="Where to listen.")] = ADDRESS,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="TRIAGE_METRICS_PORT when not given; 0: any free one."),
    ] = None,
    by_worker: Annotated[
        bool, typer.Option("--by-worker", help="Name each worker in a label.")
    ] = False,
) -> None:
    """Serve metrics of the ledger, the workers and the servers for Prometheus, or print them once.

    No text of a customer, and no name of a run or a document is in them.
    """
    # Only this command needs them.
    from prometheus_client import CollectorRegistry, generate_latest, start_http_server

    from producer.metrics.collector import LedgerCollector
    from producer.nodes.redis_of_settings import messages_of

    config = open_settings()
    registry = CollectorRegistry()
    collector = LedgerCollector(open_database(), messages_of(config), config, by_worker)
    registry.register(collector)
    if once:
        typer.echo(generate_latest(registry).decode(), nl=False)
        return
    wanted = config.metrics_port if port is None else port
    try:
        server, _ = start_http_server(wanted, address, registry)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        raise UsageError(
            f"cannot listen on {address} port {wanted} ({reason}); give another --address or --port"
        ) from None
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    say(f"metrics: http://{address}:{server.server_port}/metrics", err=True)
    over.wait()
    server.shutdown()
