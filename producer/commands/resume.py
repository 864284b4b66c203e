"""`triage resume`: let a paused run go on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from producer.commands.outcome import AsJson, print_outcome
from producer.dispatcher import Dispatcher
from producer.display.say import say
from producer.session import open_database, open_settings
from schema.analyses import ANALYSES
from schema.database import reading
from schema.ledger.pause import resume as resume_run
from schema.status.runs import find_run


def resume(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run.")],
    as_json: AsJson = False,
) -> None:
    """Let a run go on that `triage pause` held back."""
    engine = open_database()
    with reading(engine) as connection:
        run_id = find_run(connection, run)
    found = resume_run(engine, run_id)
    if not found.changed:
        said = f"run {run} was not paused; see: triage status {run}"
        print_outcome(said, {"run": run} | asdict(found), as_json)
        return
    said = f"run {run} goes on: {found.waiting:,} jobs wait"
    print_outcome(said, {"run": run} | asdict(found), as_json)
    Dispatcher(engine, open_settings(), lambda line: say(line, err=True)).dispatch(ANALYSES)
