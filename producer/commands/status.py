"""`triage status`: how far runs are, and whether workers work."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from sqlalchemy import Engine

from producer.display.progress_table import run_table, runs_table
from producer.display.say import say
from producer.display.worker_table import worker_notes, worker_table
from producer.errors import UsageError
from producer.session import open_database
from schema.control_characters import json_text
from schema.database import reading
from schema.interrupts import INTERRUPTED
from schema.status.overview import SHOWN, Overview, overview
from schema.status.progress import run_progress
from schema.status.workers import WorkerStatus, all_worker_status

#: Seconds between two looks with `--watch`.
REFRESH = 1.0


def status(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run; without, runs in brief.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every second until all is finished.")
    ] = False,
    all_runs: Annotated[
        bool,
        typer.Option(
            "--all",
            help=f"Every run, archived ones too, not only the newest {SHOWN} and as many of those "
            "that are going on; with --json likewise.",
        ),
    ] = False,
) -> None:
    """Show how far each analysis is: documents done, in flight, waiting, dead; rate; time left.
    Without RUN, also the workers, why one is not ready, and which models each has in memory.
    """
    if as_json and watch:
        raise UsageError("--json and --watch do not go together; give one of them")
    if run is not None and all_runs:
        raise UsageError("--all shows every run; leave it out, or the name of the run")
    engine = open_database()
    look = partial(_many, engine, all_runs) if run is None else partial(_one, engine, run)
    if watch:
        _watch(look)
        return
    shown = look()
    if as_json:
        say(json_text(shown.as_json, indent=2))
    else:
        Console().print(shown.view)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is so at one moment, for people and for programs."""

    view: RenderableType
    as_json: dict[str, Any]
    finished: bool


def _one(engine: Engine, run: str) -> _Look:
    with reading(engine) as connection:
        found = run_progress(connection, run)
    return _Look(run_table(found), found.as_json(), found.finished)


def _many(engine: Engine, all_runs: bool) -> _Look:
    with reading(engine) as connection:
        workers = all_worker_status(connection)
        below: list[RenderableType] = ["", *_workers(workers)]
        found = overview(connection, None if all_runs else SHOWN)
        for shown in range(SHOWN - 1, 0, -1):
            if all_runs or _is_seen_at_once([_runs(found), *_left_out(found), *below]):
                break
            found = overview(connection, shown)
    said = {
        "runs": [one.as_json() for one in found.runs],
        "more": found.more,
        "more_unfinished": found.more_unfinished,
        "archived": found.archived,
        "workers": [one.as_json() for one in workers],
    }
    return _Look(Group(_runs(found), *_left_out(found), *below), said, not found.unfinished)


def _runs(found: Overview) -> RenderableType:
    return runs_table(found.runs) if found.runs else "no runs yet; begin with: triage ingest"


def _workers(workers: Sequence[WorkerStatus]) -> list[RenderableType]:
    if not workers:
        return ["no workers; start one with: triage worker"]
    return [worker_table(workers), *worker_notes(workers)]


def _is_seen_at_once(view: list[RenderableType]) -> bool:
    """Whether all of it is seen at once, with the prompt below it; what is no terminal has room."""
    console = Console()
    if not console.is_terminal:
        return True
    return len(console.render_lines(Group(*view), pad=False)) < console.height


def _left_out(found: Overview) -> list[str]:
    """A line on the runs that are not shown, if there are any."""
    said = []
    if found.more:
        runs = "run" if found.more == 1 else "runs"
        said.append(f"{found.more:,} more {runs}, {found.more_unfinished:,} of them not finished")
    if found.archived:
        said.append(f"{found.archived:,} archived")
    return [f"{'; '.join(said)}: triage status --all"] if said else []


def _watch(look: Callable[[], _Look]) -> None:
    try:
        with Live(console=Console(), auto_refresh=False) as live:
            while True:
                shown = look()
                live.update(shown.view, refresh=True)
                if shown.finished:
                    return
                time.sleep(REFRESH)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
