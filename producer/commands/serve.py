"""`triage serve`: the page over the live database, behind a login."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import typer
from sqlalchemy import Engine

from producer.display.say import say
from producer.nodes.requirements import require_serve_extra
from producer.session import open_database, open_settings
from schema.access.users import all_users
from schema.database import reading


def serve(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="TRIAGE_SERVE_PORT when not given; 0: any free one."),
    ] = None,
    address: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
) -> None:
    """Serve the page over the live database, for those whom `triage users` lets in.

    It speaks plain HTTP: from other machines put a proxy with TLS before it, see docs/serve.md.
    """
    require_serve_extra()
    config = open_settings()
    engine = open_database()
    # Starlette and numpy take a second to load, which no other command should wait for.
    from producer.serve.server import listen, run_server

    listening = listen(address, config.serve_port if port is None else port)
    host, taken = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    say(f"the page is at http://{shown}:{taken}/ (Ctrl-C ends it)", err=True)
    _warn(engine, host)
    engine.dispose()
    run_server(config, listening)


def _warn(engine: Engine, host: str) -> None:
    with reading(engine) as connection:
        if not all_users(connection):
            say("nobody can log in yet: triage users add NAME --role editor", err=True)
    if not ipaddress.ip_address(host).is_loopback:
        say(
            "passwords and texts go over the network as they are, unless a proxy with TLS stands "
            "before this: see docs/serve.md",
            err=True,
        )
