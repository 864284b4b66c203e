"""`triage archive`: leave a run that is over out of lists."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.commands.outcome import AsJson, print_outcome
from producer.session import open_database
from schema.database import reading
from schema.ledger.archive import archive as archive_run
from schema.ledger.archive import restore
from schema.status.runs import find_run


def archive(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run.")],
    undo: Annotated[bool, typer.Option("--undo", help="List it again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Leave a finished or cancelled run out of `status`, `dead`, `retry` and the reports on runs,
    unless it is named; its results stay.
    """
    engine = open_database()
    with reading(engine) as connection:
        run_id = find_run(connection, run)
    if undo:
        done = restore(engine, run_id)
        said = f"run {run} is listed again" if done else f"run {run} was not archived"
    elif done := archive_run(engine, run_id):
        said = f"run {run} is archived: its results stay; back with: triage archive {run} --undo"
    else:
        said = f"run {run} was archived already"
    print_outcome(said, {"run": run, "archived": not undo, "changed": done}, as_json)
