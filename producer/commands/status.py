"""`triage status`: how far runs are, and whether workers work."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from sqlalchemy import Engine

from producer.errors import UsageError
from producer.progress_table import run_table, runs_table
from producer.say import say
from producer.session import open_database
from producer.worker_table import worker_table
from schema.control_characters import json_text
from schema.database import reading
from schema.progress import RunProgress, all_progress, run_progress
from schema.readiness import Readiness, all_readiness

#: Seconds between two looks with `--watch`.
REFRESH = 1.0
#: What a shell gives a program that Ctrl-C has ended.
INTERRUPTED = 130


def status(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run; without, all runs in brief.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every second until all is finished.")
    ] = False,
) -> None:
    """Show how far each analysis is: documents done, in flight, waiting, dead; rate; time left.
    Without RUN, also the workers, and why one is not ready.
    """
    if as_json and watch:
        raise UsageError("--json and --watch do not go together; give one of them")
    engine = open_database()
    if watch:
        _watch(engine, run)
    elif as_json:
        say(json_text(_as_json(engine, run), indent=2))
    else:
        Console().print(_view(engine, _read(engine, run), run))


def _read(engine: Engine, run: str | None) -> list[RunProgress]:
    with reading(engine) as connection:
        return all_progress(connection) if run is None else [run_progress(connection, run)]


def _as_json(engine: Engine, run: str | None) -> dict[str, Any]:
    found = [one.as_json() for one in _read(engine, run)]
    if run is not None:
        return found[0]
    return {"runs": found, "workers": [one.as_json() for one in _workers(engine)]}


def _workers(engine: Engine) -> list[Readiness]:
    with reading(engine) as connection:
        return all_readiness(connection)


def _view(engine: Engine, runs: list[RunProgress], run: str | None) -> RenderableType:
    if run is not None:
        return run_table(runs[0])
    workers = _workers(engine)
    return Group(
        runs_table(runs) if runs else "no runs yet; begin with: triage ingest",
        "",
        worker_table(workers) if workers else "no workers; start one with: triage worker",
    )


def _watch(engine: Engine, run: str | None) -> None:
    try:
        with Live(console=Console(), auto_refresh=False) as live:
            while True:
                runs = _read(engine, run)
                live.update(_view(engine, runs, run), refresh=True)
                if all(one.finished for one in runs):
                    return
                time.sleep(REFRESH)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
