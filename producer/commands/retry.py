"""`triage retry`: another go for jobs that wait, and for dead letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from sqlalchemy import Connection, func, select

from producer.commands.dead import known_analysis
from producer.commands.outcome import AsJson, print_outcome
from producer.dispatcher import Dispatcher
from producer.display.say import say
from producer.errors import UsageError
from producer.session import open_database, open_settings
from schema.analyses import ANALYSES
from schema.database import reading
from schema.ledger.replay import make_due, replay
from schema.status.runs import find_run
from schema.tables import DeadLetter, Run


def retry(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run; without, all but archived ones.")
    ] = None,
    analysis: Annotated[str | None, typer.Option(metavar="A", help="Only this analysis.")] = None,
    dead: Annotated[
        bool, typer.Option("--dead", help="Dead letters too: those documents, and no others.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let jobs that wait out a back-off go at once; with --dead replay dead letters as well."""
    config = open_settings()
    analysis = known_analysis(analysis)
    engine = open_database()
    with reading(engine) as connection:
        open_runs, cancelled = _runs(connection, run)
    if run is not None and cancelled:
        raise UsageError(f"run {run} is cancelled for good: nothing of it is tried again")
    due = sum(make_due(engine, one, analysis) for one in open_runs)
    replayed: Counter[str] = Counter()
    for one in open_runs if dead else ():
        replayed += replay(engine, one, analysis, job_size=config.job_size)
    with reading(engine) as connection:
        left = _letters(connection, open_runs, analysis)
        stay = _letters(connection, list(cancelled), analysis)
    said = [_say(due, replayed, left, dead)]
    if dead and stay:
        names = ", ".join(cancelled.values())
        said.append(f"{_count(stay, 'dead letter')} of cancelled runs stay: {names}")
    facts = {"due": due, "replayed": dict(replayed), "left": left, "of_cancelled_runs": stay}
    print_outcome("\n".join(said), facts, as_json)
    if due or replayed:
        asked = ANALYSES if analysis is None else (analysis,)
        Dispatcher(engine, config, lambda line: say(line, err=True)).dispatch(asked)


def _runs(connection: Connection, name: str | None) -> tuple[list[int], dict[int, str]]:
    """Ids of the runs that are meant and not cancelled; the cancelled ones by id."""
    kept = Run.archived_at.is_(None)
    which = (kept,) if name is None else (Run.id == find_run(connection, name),)
    found = connection.execute(
        select(Run.id, Run.name, Run.cancelled_at).where(*which).order_by(Run.id)
    ).all()
    return (
        [row.id for row in found if row.cancelled_at is None],
        {row.id: row.name for row in found if row.cancelled_at is not None},
    )


def _letters(connection: Connection, runs: Sequence[int], analysis: str | None) -> int:
    only = () if analysis is None else (DeadLetter.analysis == analysis,)
    statement = select(func.count()).where(DeadLetter.run_id.in_(runs), *only)
    return connection.execute(statement).scalar_one()


def _say(due: int, replayed: Counter[str], left: int, dead: bool) -> str:
    said = [f"{_count(due, 'job')} due now"] if due else []
    if replayed:
        counts = [f"{replayed[name]:,} of {name}" for name in ANALYSES if replayed[name]]
        said.append(f"replayed {_count(replayed.total(), 'dead letter')}: {', '.join(counts)}")
    if left and not dead:
        said.append(f"replay {_count(left, 'dead letter')} with --dead")
    elif left:
        said.append(f"{_count(left, 'dead letter')} stay: they came in meanwhile, or have no job")
    if not due and not replayed:
        said.insert(0, "nothing waits out a back-off" if left else "nothing to retry")
    return "; ".join(said)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
