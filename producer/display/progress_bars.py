"""Progress bars: one for each analysis of a run, until the run has finished."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from sqlalchemy import Engine

from producer.display.progress_table import duration, run_table
from schema.control_characters import escape_controls
from schema.database import reading
from schema.status.progress import AnalysisProgress, RunProgress, run_progress

#: Seconds between two looks at the ledger.
REFRESH = 0.3


def wait_for_run(
    engine: Engine,
    run: str,
    console: Console,
    check: Callable[[], None] = lambda: None,
) -> RunProgress:
    """Show bars until all of a run is done or dead; returns how it ended.

    Args:
        engine: The database.
        run: The run's name.
        console: Where to draw; where nobody watches, a table comes at the end instead.
        check: Called at each look, to raise if there is nothing to wait for any more.
    """
    bars = Progress(
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=32),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[note]}"),
        console=console,
        disable=not console.is_interactive,
    )
    tasks: dict[str, TaskID] = {}
    with bars:
        while True:
            with reading(engine) as connection:
                progress = run_progress(connection, run)
            for one in progress.analyses:
                if one.analysis not in tasks:
                    tasks[one.analysis] = bars.add_task(
                        escape_controls(one.analysis), total=None, note=""
                    )
                bars.update(
                    tasks[one.analysis],
                    total=one.documents,
                    completed=one.done + one.dead + one.abstained,
                    note="paused" if progress.paused_at else _note(one),
                )
            if progress.finished:
                break
            check()
            time.sleep(REFRESH)
    if not console.is_interactive:
        console.print(run_table(progress))
    return progress


def _note(one: AnalysisProgress) -> str:
    dead = f", {one.dead:,} dead" if one.dead else ""
    waits_for = " and ".join(one.waits_for) or "a worker"
    rate = f"{one.rate:,.1f}/s" if one.rate else f"waiting for {waits_for}"
    if one.in_flight + one.waiting == 0:
        return f"{rate}{dead}"
    left = f", {duration(one.seconds_left)} to go" if one.seconds_left else ""
    return f"{rate}{left}{dead}"
