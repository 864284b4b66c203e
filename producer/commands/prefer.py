"""`triage prefer`: whose results count."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from producer.commands.outcome import AsJson, print_outcome
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
    as_json: AsJson = False,
) -> None:
    """Let the results of a run count in views and reports, though others are newer; nothing is
    changed or deleted.
    """
    engine = open_database()
    if run is None:
        with reading(engine) as connection:
            there = preferred_runs(connection)
        said = "\n".join(there) if there else "no run is preferred: the newest results count"
        print_outcome(said, {"preferred": there}, as_json)
        return
    with reading(engine) as connection:
        run_id = find_run(connection, run)
    if undo:
        done = stop_preferring(engine, run_id)
        said = f"run {run} is no longer preferred" if done else f"run {run} was not preferred"
        print_outcome(said, _facts(engine, run, done), as_json)
        return
    done = prefer_run(engine, run_id)
    facts = _facts(engine, run, done)
    before = facts["preferred"][0]
    if before != run:
        said = (
            f"run {run} counts after run {before}, which is preferred and newer: triage prefer "
            f"{before} --undo"
        )
    elif done:
        said = f"run {run} is preferred: its results count; back with: triage prefer {run} --undo"
    else:
        said = f"run {run} was preferred already"
    print_outcome(said, facts, as_json)


def _facts(engine: Engine, run: str, changed: bool) -> dict[str, Any]:
    with reading(engine) as connection:
        return {"run": run, "changed": changed, "preferred": list(preferred_runs(connection))}
