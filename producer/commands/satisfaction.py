"""`triage satisfaction`: how satisfied customers are, over time."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from producer.commands.question_cells import percent_cells, star_cells, with_ends
from producer.commands.question_output import (
    Answer,
    AsFormat,
    AsJson,
    Limit,
    Output,
    Writing,
    open_scope,
    pick_format,
)
from producer.commands.report_options import Run, Since, Until, Where
from schema.database import reading

_COLUMNS = (
    "documents",
    *with_ends("mean_stars"),
    "rated",
    *with_ends("classified_negative_percent"),
    "unsure",
)


class Step(enum.StrEnum):
    """What a row is of."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def satisfaction(
    by: Annotated[Step, typer.Option(help="What a row is of.")] = Step.WEEK,
    run: Run = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: AsFormat = None,
    as_json: AsJson = False,
    output: Output = None,
    limit: Limit = None,
) -> None:
    """Show the mean rating and what is classified as negative over time, the newest last."""
    from schema.questions.satisfaction import read_satisfaction

    engine, scope = open_scope(run, since, until, where)
    with reading(engine) as connection:
        points = read_satisfaction(connection, scope, by.value)
    rows = [
        (
            point.start.isoformat(),
            point.counts.documents,
            *star_cells(point.counts.rating),
            point.counts.rating.count,
            *percent_cells(point.counts.negative),
            point.counts.unsure.count,
        )
        for point in points
    ]
    notes = ["texts of one: triage export v_documents --since DAY --until DAY"]
    format = pick_format(format, as_json)
    Writing(format, output, limit).write(Answer((by.value, *_COLUMNS), rows, notes=notes))
