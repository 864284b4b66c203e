"""`triage rising`: what is new, or talked about more than its past lets expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from producer.commands.question_cells import chance, ids
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
from producer.themes.quotes import choose_quotes
from schema.database import reading
from schema.redaction import redact
from schema.redaction.documents import read_known
from schema.themes.edits import find_theme
from schema.themes.passages import read_passages
from schema.themes.scope import ThemeScope
from schema.themes.sets import find_set

if TYPE_CHECKING:
    from schema.questions.rising import Rising, RisingTheme

#: Quotes of each theme.
QUOTES = 3
_COLUMNS = (
    *("alert", "theme", "name", "new", "week", "texts", "expected", "p", "q"),
    *("quotes", "examples", "show"),
)


def rising(
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
    """Show what is new or rising: in the last whole week, or in each one from --since on.

    A theme rings where as many texts or more would come by chance too seldom, given the 16 weeks
    before and how much everybody wrote. What is usual is learnt from all that was written before,
    also before --since.
    """
    from schema.questions.rising import read_rising

    engine, scope = open_scope(run, since, until, where)
    with reading(engine) as connection:
        found = read_rising(connection, scope)
        quotes = [_quotes(connection, one, redact) for one in found.rising]
    rows = [_row(one, said) for one, said in zip(found.rising, quotes, strict=True)]
    titles = [f"{one.theme.id} {one.theme.name}, week of {one.week}" for one in found.rising]
    below = list(zip(titles, quotes, strict=True))[: limit or None]
    answer = Answer(_COLUMNS, rows, below, notes=_notes(found))
    format = pick_format(format, as_json)
    Writing(format, output, limit, redact).write(answer)


def _row(one: RisingTheme, quotes: list[str]) -> tuple[str | int | float | None, ...]:
    return (
        one.alert.value,
        one.theme.id,
        one.theme.name,
        "new" if one.theme.new else None,
        one.week.isoformat(),
        one.texts,
        None if one.expected is None else round(one.expected, 1),
        chance(one.p),
        chance(one.q),
        "\n".join(quotes),
        ids(one.examples),
        f"triage themes show {one.theme.id}",
    )


def _notes(found: Rising) -> list[str]:
    weeks = f"the week of {found.weeks[-1]}"
    if len(found.weeks) > 1:
        weeks = f"{len(found.weeks)} weeks, from {found.weeks[0]} to that of {found.weeks[-1]}"
    said = [f"{found.themes} themes were watched in {weeks}"]
    if not found.rising:
        said = [f"nothing is new or rising: {said[0]}"]
    if found.short_past:
        said.append(
            f"of {len(found.short_past)} of these weeks nobody can say what is usual: fewer than 8 "
            "weeks come before them"
        )
    return [*said, *texts_note(found.basis)]


def _quotes(connection: Connection, one: RisingTheme, redacted: bool) -> list[str]:
    """Quotes of that week."""
    theme = find_theme(connection, one.theme.id)
    scope = ThemeScope.parse(find_set(connection, theme.set_id).scope)
    passages = read_passages(connection, theme, scope, None, among=one.examples)
    quotes = choose_quotes(passages, QUOTES)
    if not redacted:
        return [passage.text for passage in quotes]
    known = read_known(connection, (passage.document_id for passage in quotes))
    return [redact(passage.text, known[passage.document_id]) for passage in quotes]
