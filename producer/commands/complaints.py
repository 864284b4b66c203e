"""`triage complaints`: what is complained about most, and by how many."""

from __future__ import annotations

from producer.commands.question_cells import ids, percent_cells, star_cells, with_ends
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

_COLUMNS = (
    *("theme", "name", "unhappy", "with_copies"),
    *with_ends("of_all_percent"),
    *with_ends("of_theme_percent"),
    *with_ends("mean_stars"),
    *("note", "examples", "show"),
)


def complaints(
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
    """Show what is complained about most: themes by the texts of unhappy customers in them."""
    # Statistics take half a second to load, which no other command should wait for.
    from schema.questions.complaints import read_complaints

    engine, scope = open_scope(run, since, until, where)
    with reading(engine) as connection:
        found = read_complaints(connection, scope)
    rows = [
        (
            one.theme.id,
            one.theme.name,
            one.negative.count,
            one.negative_documents,
            *percent_cells(one.negative),
            *percent_cells(one.within),
            *star_cells(one.rating),
            None if one.ranked else "few",
            ids(one.examples),
            f"triage themes show {one.theme.id}",
        )
        for one in found.themes
    ]
    notes = [
        f"{found.documents:,} documents, {found.texts:,} different texts; unhappy: texts "
        f"{found.measure.meaning}",
        *texts_note(found.basis),
    ]
    format = pick_format(format, as_json)
    Writing(format, output, limit, redact).write(Answer(_COLUMNS, rows, notes=notes))
