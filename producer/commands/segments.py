"""`triage segments`: which product, language, country, plan … is worse, and is it chance?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from producer.commands.question_cells import (
    chance,
    figure_cells,
    ids,
    percent_cells,
    star_cells,
    with_ends,
)
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
from producer.errors import UsageError
from schema.database import reading
from schema.questions.measure import Measure
from schema.reports import Value

if TYPE_CHECKING:
    from schema.questions.segments import Segments


def segments(
    by: Annotated[
        str, typer.Option(metavar="WHAT", help="product, language, source or metadata.KEY.")
    ] = "product",
    of: Annotated[
        Measure | None,
        typer.Option(help="negative or low-rating; by default what sentiment says, else ratings."),
    ] = None,
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
    """Compare each segment with all others together, the worst first.

    What has fewer than 30 documents comes behind, and is not ranked.
    """
    from schema.questions.segments import read_segments

    if of is Measure.RATING:
        raise UsageError("--of must be negative or low-rating; the mean rating stands beside both")
    engine, scope = open_scope(run, since, until, where)
    with reading(engine) as connection:
        found = read_segments(connection, scope, by, of)
    kind = by.removeprefix("metadata.")
    notes = [
        f"{found.measure.meaning}, each {kind} beside all others together; "
        "q: of all that have one as low, how many would be chance",
        f'texts of one: triage export v_documents --where "{by}=…"',
    ]
    if found.without:
        notes.insert(1, f"{found.without:,} documents say no {kind}")
    format = pick_format(format, as_json)
    answer = Answer(_columns(found, kind), _rows(found), notes=notes)
    Writing(format, output, limit, redact).write(answer)


def _columns(found: Segments, kind: str) -> tuple[str, ...]:
    share = "low_rating" if found.measure is Measure.LOW_RATING else "classified_negative"
    return (
        *(kind, "documents"),
        *with_ends(f"{share}_percent"),
        *with_ends("difference"),
        *("q", *with_ends("mean_stars"), "note", "examples", "show"),
    )


def _rows(found: Segments) -> list[tuple[Value, ...]]:
    is_low = found.measure is Measure.LOW_RATING
    return [
        (
            one.segment.count.name,
            one.counts.documents,
            *percent_cells(one.counts.low_ratings if is_low else one.counts.negative),
            *figure_cells(one.segment.difference, one.segment.difference_interval, is_share=True),
            chance(one.segment.q),
            *star_cells(one.counts.rating),
            None if one.segment.ranked else "few",
            ids(one.examples),
            f'triage export v_documents --where "{found.by}={one.segment.count.name}"',
        )
        for one in found.segments
    ]
