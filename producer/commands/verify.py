"""`triage verify`: whether the books of runs balance."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Annotated

import typer

from producer.display.say import say
from producer.errors import UsageError
from producer.ingest.storage.missing_rejects import with_rejects
from producer.session import open_database
from schema.control_characters import json_text
from schema.database import reading
from schema.status.runs import find_run, is_deleted
from schema.tables import JobState
from schema.verification import ABSTAINED, RunAudit, verify_runs

#: Runs that are said, whatever their books, unless `--all` says otherwise.
NEWEST = 20
#: What it ends with when something does not balance.
BROKEN = 1
#: States that are said only where a run has documents in them.
_RARE = (JobState.BLOCKED, JobState.QUEUED, JobState.CANCELLED, ABSTAINED)

#: What a state is called where that is not its name.
_WORDS = {ABSTAINED: "not analysed"}


def verify(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="A run; without, all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs; every run.")] = False,
    all_runs: Annotated[
        bool, typer.Option("--all", help=f"Say every run, not only broken and the newest {NEWEST}.")
    ] = False,
) -> None:
    """Prove that nothing is lost and nothing is double: rows, jobs and outcomes add up.

    It may run at any time, also while rows come in and workers work. Ends with 1, and names the
    rows, where something does not add up.
    """
    engine = open_database()
    run_id = None
    if run is not None:
        with reading(engine) as connection:
            run_id = find_run(connection, run)
            if is_deleted(connection, run_id):
                raise UsageError(f"run {run} is being deleted; go on with: triage delete {run}")
    found = with_rejects(engine, verify_runs(engine, run_id))
    broken = _say_json(found) if as_json else _say_all(found, None if all_runs else NEWEST)
    if broken:
        raise typer.Exit(BROKEN)


def _say_json(found: Iterable[RunAudit]) -> int:
    """Print every run as JSON; returns how many are broken."""
    books = list(found)
    say(json_text([one.as_json() for one in books], indent=2))
    return sum(bool(one.violations) for one in books)


def _say_all(found: Iterable[RunAudit], newest: int | None) -> int:
    """Print the broken and the newest runs, None: all; returns how many are broken."""
    runs = broken = said = 0
    last: deque[RunAudit] = deque()
    for books in found:
        runs, broken = runs + 1, broken + bool(books.violations)
        last.append(books)
        if newest is None or len(last) > newest:
            older = last.popleft()
            if newest is None or older.violations:
                _say(older)
                said += 1
    for books in last:
        _say(books)
    said += len(last)
    if not runs:
        say("no runs yet; begin with: triage ingest")
    elif runs > NEWEST:
        left_out = f"; {runs - said:,} more that are ok: triage verify --all" if runs > said else ""
        say(f"{runs:,} runs: {runs - broken:,} ok, {broken:,} BROKEN{left_out}")
    return broken


def _say(books: RunAudit) -> None:
    run = books.run
    forgotten = f" ({run.forgotten} forgotten since)" if run.forgotten else ""
    updated = f" + {run.updated} updated" if run.updated else ""
    parts = [
        f"{run.read} read = {run.stored} stored{forgotten}{updated} + {run.duplicate} duplicate "
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
        ABSTAINED,
        JobState.BLOCKED,
        JobState.PENDING,
        JobState.QUEUED,
        JobState.RUNNING,
        JobState.CANCELLED,
    )
    terms = [
        f"{totals[state]} {_WORDS.get(state, state)}"
        for state in order
        if totals[state] or state not in _RARE
    ]
    return f"{name} {sum(totals.values())} = {' + '.join(terms)}"
