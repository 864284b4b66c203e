"""`triage prefer`: whose results count."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.display.say import say
from producer.session import open_database
from schema.database import reading
from schema.ledger.prefer import prefer as prefer_run
from schema.ledger.prefer import preferred_runs, stop_preferring
from schema.status.runs import find_run


def prefer(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="The run; without, those preferred so far.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="The newest results count again.")] = False,
) -> None:
    """Let the results of a run count in views and reports, though others are newer; nothing is
    changed or deleted.
    """
    engine = open_database()
    if run is None:
        with reading(engine) as connection:
            there = preferred_runs(connection)
        say("\n".join(there) if there else "no run is preferred: the newest results count")
        return
    with reading(engine) as connection:
        run_id = find_run(connection, run)
    if undo:
        done = stop_preferring(engine, run_id)
        say(f"run {run} is no longer preferred" if done else f"run {run} was not preferred")
        return
    done = prefer_run(engine, run_id)
    with reading(engine) as connection:
        before, *_ = preferred_runs(connection)
    if before != run:
        say(f"run {run} counts after run {before}, which is preferred and newer: triage prefer "
            f"{before} --undo")  # fmt: skip
    elif done:
        say(f"run {run} is preferred: its results count; back with: triage prefer {run} --undo")
    else:
        say(f"run {run} was preferred already")
