"""`triage headline`: how much is written, how the customers feel, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from producer.commands.question_cells import (
    figure,
    figure_cells,
    percent_cells,
    star_cells,
    with_ends,
)
from producer.commands.question_output import (
    Answer,
    AsFormat,
    AsJson,
    Output,
    Writing,
    open_scope,
    pick_format,
)
from producer.commands.report_options import Run, Since, Until, Where
from schema.database import reading
from schema.reports import Value

if TYPE_CHECKING:
    from schema.questions.figures import Change
    from schema.questions.headline import Headline

_COLUMNS = (
    *("figure", "unit", *with_ends("value"), "of_documents", "previous"),
    *with_ends("change"),
)


def headline(
    run: Run = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: AsFormat = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Show how much is written and how the customers feel.

    With --since each figure is compared with the period of the same length before.
    """
    from schema.questions.headline import read_headline

    engine, scope = open_scope(run, since, until, where)
    with reading(engine) as connection:
        found = read_headline(connection, scope)
    notes = [f"written from {found.first} to {found.last}"] if found.first else []
    if found.previous is not None:
        notes.append(
            f"previous: from {found.previous.since:%F} to before {found.previous.until:%F}; "
            "changes of shares in points, of documents in percent"
        )
    format = pick_format(format, as_json)
    Writing(format, output).write(Answer(_COLUMNS, _rows(found), notes=notes))


def _rows(found: Headline) -> list[tuple[Value, ...]]:
    counts, changes = found.counts, found.changes
    shares = (
        ("classified as negative", counts.negative, None if changes is None else changes.negative),
        ("classified as positive", counts.positive, None if changes is None else changes.positive),
        ("the model is unsure", counts.unsure, None if changes is None else changes.unsure),
        ("at most 2 stars", counts.low_ratings, None if changes is None else changes.low_ratings),
    )
    volume = None if changes is None else changes.documents
    before = None if volume is None or volume.previous is None else int(volume.previous)
    rows: list[tuple[Value, ...]] = [
        ("documents", "", counts.documents, None, None, counts.documents, before, *_change(volume))
    ]
    for name, share, change in shares:
        cells = (*percent_cells(share), share.total, _previous(change, True))
        rows.append((name, "percent", *cells, *_change(change)))
    stars = None if changes is None else changes.rating
    cells = (
        *star_cells(counts.rating),
        counts.rating.count,
        _previous(stars, False),
    )
    rows.append(("mean rating", "stars", *cells, *_change(stars, is_share=False)))
    return [row for row in rows if row[2] is not None]


def _previous(change: Change | None, is_share: bool) -> float | None:
    return None if change is None else figure(change.previous, is_share)


def _change(change: Change | None, is_share: bool = True) -> tuple[Value, ...]:
    if change is None:
        return None, None, None
    return figure_cells(change.change, change.interval, is_share)
