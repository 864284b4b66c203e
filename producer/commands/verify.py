"""`triage verify`: whether the books of runs balance."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.say import say
from producer.session import open_database
from schema.control_characters import json_text
from schema.database import reading
from schema.runs import find_run
from schema.tables import JobState
from schema.verification import RunBooks, verify_runs

#: What it ends with when something does not balance.
BROKEN = 1
#: States that are said only where a run has documents in them.
_RARE = (JobState.QUEUED, JobState.CANCELLED)


def verify(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="A run; without, all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Prove that nothing is lost and nothing is double: rows, jobs and outcomes add up.

    It may run at any time, also while rows come in and workers work. Ends with 1, and names the
    rows, where something does not add up.
    """
    engine = open_database()
    broken = False
    shown = []
    run_id = None
    if run is not None:
        with reading(engine) as connection:
            run_id = find_run(connection, run)
    for books in verify_runs(engine, run_id):
        broken |= bool(books.violations)
        shown.append(books.as_json())
        if not as_json:
            _say(books)
    if as_json:
        say(json_text(shown, indent=2))
    elif not shown:
        say("no runs yet; begin with: triage ingest")
    if broken:
        raise typer.Exit(BROKEN)


def _say(books: RunBooks) -> None:
    run = books.run
    forgotten = f" ({run.forgotten} forgotten since)" if run.forgotten else ""
    parts = [
        f"{run.read} read = {run.stored} stored{forgotten} + {run.duplicate} duplicate "
        f"+ {run.rejected} rejected"
    ]
    parts += [_analysis(name, totals) for name, totals in books.analyses.items()]
    verdict = "BROKEN" if books.violations else "ok"
    say(f"run {run.name}: {verdict}: {'; '.join(parts)}")
    for violation in books.violations:
        say(f"  {violation}")


def _analysis(name: str, totals: dict[str, int]) -> str:
    order = (
        JobState.DONE,
        JobState.DEAD,
        JobState.PENDING,
        JobState.QUEUED,
        JobState.RUNNING,
        JobState.CANCELLED,
    )
    terms = [f"{totals[state]} {state}" for state in order if totals[state] or state not in _RARE]
    return f"{name} {sum(totals.values())} = {' + '.join(terms)}"
