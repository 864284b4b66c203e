"""`triage review`: documents for a person to label."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from producer.commands.outcome import AsJson, print_outcome
from producer.errors import UsageError
from producer.export.files import opened, write_csv
from producer.review.review_file import review_rows
from producer.session import open_database
from schema.corrections.draw import Drawn, draw
from schema.corrections.subject import Subject, newest_run, reviewable
from schema.database import reading
from schema.status.runs import find_run
from schema.tables import RANDOM, Run


def review(
    output: Annotated[Path, typer.Option(metavar="FILE", help="The CSV to be filled in.")],
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="The run; else the newest with results.")
    ] = None,
    analysis: Annotated[
        str, typer.Option(metavar="A", help="Whose labels are looked at.")
    ] = "sentiment",
    sample: Annotated[
        int, typer.Option(metavar="N", min=0, help="Documents drawn at random; 300 make a share.")
    ] = 300,
    least_certain: Annotated[
        int, typer.Option(metavar="N", min=0, help="More, of which the model was least sure.")
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """Write a CSV for a person to label: a random part of a run, and the least certain results."""
    with reading(open_database()) as connection:
        known = reviewable(connection)
        if analysis not in known:
            raise UsageError(f"--analysis gives no labels; choose from {', '.join(known)}")
        subject = _subject(connection, run, analysis)
        name = connection.execute(select(Run.name).where(Run.id == subject.run_id)).scalar_one()
        drawn = draw(connection, subject, sample, least_certain)
    with opened(output) as file:
        write_csv(review_rows(name, subject, drawn), file)
    said = _summary(name, drawn, output) if drawn else _no_documents(name, analysis)
    at_random = sum(one.drawn == RANDOM for one in drawn)
    facts = {
        "run": name,
        "analysis": analysis,
        "drawn_at_random": at_random,
        "least_certain": len(drawn) - at_random,
        "output": str(output),
    }
    print_outcome(said, facts, as_json)


def _subject(connection: Connection, run: str | None, analysis: str) -> Subject:
    run_id = newest_run(connection, analysis) if run is None else find_run(connection, run)
    if run_id is None:
        raise UsageError(f"no run has results of {analysis} yet; begin with: triage ingest")
    return Subject(run_id, analysis)


def _no_documents(name: str, analysis: str) -> str:
    return (
        f"nothing is left to review of run {name}, {analysis}: it has no result, or all of them "
        "are labelled; see: triage report corrected-shares"
    )


def _summary(name: str, drawn: list[Drawn], output: Path) -> str:
    at_random = sum(one.drawn == RANDOM for one in drawn)
    return (
        f"run {name}: {at_random:,} documents drawn at random and {len(drawn) - at_random:,} of "
        f"the least certain; fill in the column label, then: triage correct {output}"
    )
