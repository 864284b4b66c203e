"""`triage worker`: one Celery node."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from producer.display.say import say
from producer.errors import UsageError
from producer.nodes.node_command import node_command, node_environment
from producer.nodes.requirements import require_redis, require_worker_extra
from producer.session import check_for_workers, open_settings
from schema.analyses import UnknownAnalysisError, parse_analyses
from schema.catalog import Catalog, CatalogError, load_catalog


def worker(
    device: Annotated[
        str | None, typer.Option(help="cpu, cuda:0, …; the first GPU if there is one.")
    ] = None,
    analyses: Annotated[
        str | None, typer.Option(help="Only these, separated by commas.", metavar="A,B")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Children, each with warm models.")] = 1,
    name: Annotated[str | None, typer.Option(help="Name of the node on this host.")] = None,
) -> None:
    """Work on jobs: one Celery node with warm models, until it is stopped."""
    config = open_settings()
    require_worker_extra()
    if said := check_for_workers():
        say(said, err=True)
    served = served_analyses(analyses, config.models)
    device = device or config.device
    redis_url = require_redis(config)
    environment = node_environment(config, device, redis_url)
    name = name or f"{device.replace(':', '').replace('cuda', 'gpu')}-{os.getpid()}"
    sys.stdout.flush()
    command = node_command(name, served, concurrency)
    os.execve(command[0], command, environment)


def served_analyses(asked: str | None, models: str) -> list[str]:
    """The analyses that a node takes: those asked for, or all that the catalog has models for.

    Raises:
        UsageError: If one has no model, or is none.
    """
    try:
        catalog = load_catalog(models)
        if asked is None:
            return list(catalog.offered)
        wanted = parse_analyses(asked)
        for analysis in wanted:
            _require(catalog, analysis)
        return list(wanted)
    except (CatalogError, UnknownAnalysisError) as error:
        raise UsageError(str(error)) from None


def _require(catalog: Catalog, analysis: str) -> None:
    if not catalog.serves(analysis):
        catalog.entry(analysis)
