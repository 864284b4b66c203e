"""`triage pause`: hold a run back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from producer.commands.outcome import AsJson, print_outcome
from producer.session import open_database
from schema.database import reading
from schema.ledger.pause import Paused
from schema.ledger.pause import pause as pause_run
from schema.status.runs import find_run


def pause(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run.")],
    as_json: AsJson = False,
) -> None:
    """Hold a run back until `triage resume`; what workers are busy with is finished."""
    engine = open_database()
    with reading(engine) as connection:
        run_id = find_run(connection, run)
    found = pause_run(engine, run_id)
    print_outcome(_say(run, found), {"run": run} | asdict(found), as_json)


def _say(run: str, found: Paused) -> str:
    what = "is paused" if found.changed else "was paused already"
    return (
        f"run {run} {what}: {found.waiting:,} jobs wait, {found.running:,} are still running; "
        f"go on with: triage resume {run}"
    )
