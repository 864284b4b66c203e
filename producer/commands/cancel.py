"""`triage cancel`: give a run up."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from producer.commands.outcome import AsJson, print_outcome
from producer.session import open_database
from schema.database import reading
from schema.ledger.cancel import Cancelled
from schema.ledger.cancel import cancel as cancel_run
from schema.status.runs import find_run


def cancel(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run.")],
    as_json: AsJson = False,
) -> None:
    """Give up what is left of a run, for good; what is done of it stays."""
    engine = open_database()
    with reading(engine) as connection:
        run_id = find_run(connection, run)
    done = cancel_run(engine, run_id)
    print_outcome(_say(run, done), {"run": run} | asdict(done), as_json)


def _say(run: str, done: Cancelled) -> str:
    gave_up = f"{done.jobs:,} jobs of {done.documents:,} documents are given up"
    if done.before is None:
        what = gave_up if done.jobs else "no job was left to do"
        return f"run {run} is cancelled for good: {what}; what is done stays"
    what = gave_up if done.jobs else "nothing is left to give up"
    return f"run {run} was cancelled already, at {done.before:%F %H:%M} UTC; {what}"
