"""`triage workers`: a pinned node for each GPU."""

from __future__ import annotations

import os
import signal
from typing import Annotated

import typer

from producer.commands.worker import served_analyses
from producer.display.say import say
from producer.nodes.devices import parse_devices
from producer.nodes.node_command import node_command, node_environment
from producer.nodes.requirements import require_redis, require_worker_extra
from producer.nodes.supervisor import Node, Supervisor
from producer.session import check_for_workers, open_settings


def workers(
    devices: Annotated[str, typer.Option(help="all, cpu, or numbers of GPUs: 0,1,…")] = "all",
    analyses: Annotated[
        str | None, typer.Option(help="Only these, separated by commas.", metavar="A,B")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Children of each node.")] = 1,
) -> None:
    """Work on jobs with one node for each GPU, started again when it dies, until stopped."""
    config = open_settings()
    require_worker_extra()
    if said := check_for_workers():
        say(said, err=True)
    served = served_analyses(analyses, config.models)
    places = parse_devices(devices)
    redis_url = require_redis(config)
    nodes = []
    for place in places:
        # Unique on this host even if somebody starts `triage workers` twice.
        name = f"{place.replace(':', '').replace('cuda', 'gpu')}-{os.getpid()}"
        environment = node_environment(config, place, redis_url)
        nodes.append(Node(name, node_command(name, served, concurrency), environment))
    supervisor = Supervisor(nodes, lambda line: say(line, err=True))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.run()
