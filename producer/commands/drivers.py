"""`triage drivers`: what goes with low ratings."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.commands.question_cells import chance, figure, figure_cells, ids, with_ends
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
from producer.commands.report_options import Redact, Run, Since, Until, Where
from producer.commands.theme_notes import texts_note
from schema.database import reading
from schema.questions.measure import Measure

_COLUMNS = (
    *("theme", "name", "documents", "with_theme", "without"),
    *with_ends("difference"),
    *("q", "given_others", "examples", "show"),
)


def drivers(
    of: Annotated[Measure, typer.Option(help="What is compared.")] = Measure.RATING,
    run: Run = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: AsFormat = None,
    as_json: AsJson = False,
    output: Output = None,
    limit: Limit = None,
    redact: Redact = False,
) -> None:
    """Show what goes with low ratings: of each theme the mean with it, less that without it.

    Shown is what 30 documents or more have, and of which the interval leaves 0. A driver goes with
    low ratings; that it causes them, nobody can read off.
    """
    from schema.questions.drivers import read_drivers

    engine, scope = open_scope(run, since, until, where)
    with reading(engine) as connection:
        found = read_drivers(connection, scope, of)
    rows = [
        (
            one.theme.id,
            one.theme.name,
            one.documents,
            figure(one.with_mean, of.is_share),
            figure(one.without_mean, of.is_share),
            *figure_cells(one.difference, one.interval, of.is_share),
            chance(one.q),
            figure(one.given_others, of.is_share),
            ids(one.examples),
            f"triage themes show {one.theme.id}",
        )
        for one in found.shown
    ]
    unit = "in percent" if of.is_share else "in stars of 5"
    notes = [
        f"{of.meaning}, {unit}, of {found.documents:,} documents; given others: with all themes "
        "fitted together",
        f"not shown: themes whose interval holds 0: {found.near_zero}; of fewer than 30 documents: "
        f"{found.too_few}",
        *texts_note(found.basis),
    ]
    format = pick_format(format, as_json)
    Writing(format, output, limit, redact).write(Answer(_COLUMNS, rows, notes=notes))
