"""The list of themes, and editing one: another name, part of another, out of lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from starlette.responses import RedirectResponse, Response

from producer.serve.access.guard import Call
from producer.serve.drawing import draw
from producer.serve.errors import RequestError
from producer.themes.editing import merge, rename, set_hidden
from schema.access.audit import Action, record
from schema.database import reading
from schema.tables import DocumentTheme, Theme, ThemeEdit, ThemeKind
from schema.themes.sets import shown_set

#: Edits that are shown, the newest.
EDITS = 20


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme as the list has it.

    Attributes:
        row: Of `themes`.
        documents: That are in it.
        into: The name of the theme that it counts as.
    """

    row: Any
    documents: int
    into: str | None


def themes(call: Call) -> Response:
    """Show all themes, and what people have changed about them."""
    with reading(call.serve.reader) as connection:
        found = _read(connection)
        newest = select(ThemeEdit.__table__).order_by(ThemeEdit.id.desc()).limit(EDITS)
        edits = connection.execute(newest).all()
    names = {one.row.id: one.row.name for one in found}
    return draw(call.request, "theme_list.html", {"found": found, "edits": edits, "names": names})


def theme(call: Call) -> Response:
    """Show one theme with the forms that edit it."""
    number = int(call.request.path_params["number"])
    with reading(call.serve.reader) as connection:
        found = _read(connection)
    chosen = next((one for one in found if one.row.id == number), None)
    if chosen is None:
        raise RequestError(404, "There is no such theme; the list has those that there are.")
    others = [
        one
        for one in found
        if one.row.id != number
        and one.row.kind == ThemeKind.THEME == chosen.row.kind
        and not one.row.hidden
        and one.into is None
    ]
    others.sort(key=lambda one: one.row.name.casefold())
    return draw(call.request, "theme_edit.html", {"chosen": chosen, "others": others})


def edit_theme(call: Call) -> Response:
    """Do what an editor asks of a theme, and go back to where that can be seen."""
    number, form, who = int(call.request.path_params["number"]), call.form, call.visitor.name
    writer, verb = call.serve.writer, call.form.get("verb", "")

    def also(action: Action, **detail: object) -> Any:
        return lambda connection: record(
            connection, call.visitor.author, action, theme=number, **detail
        )

    if verb == "rename":
        name = " ".join(form.get("name", "").split())
        rename(writer, number, name, who, also(Action.RENAME_THEME, name=name))
    elif verb == "merge":
        into = form.get("into", "")
        if not (into.isascii() and into.isdigit() and len(into) < 10):
            raise RequestError(400, "Choose the theme that this one is part of.")
        merge(writer, number, int(into), who, also(Action.MERGE_THEMES, into=int(into)))
    elif verb in ("hide", "unhide"):
        action = Action.HIDE_THEME if verb == "hide" else Action.UNHIDE_THEME
        set_hidden(writer, number, verb == "hide", who, also(action))
    else:
        raise RequestError(400, "This form is incomplete; load the theme again.")
    return RedirectResponse("/themes", 303)


def _read(connection: Connection) -> list[ThemeRow]:
    """The themes and topics of the set that counts, the largest first, hidden ones last."""
    chosen = shown_set(connection)
    if chosen is None:
        return []
    kinds = (ThemeKind.THEME, ThemeKind.TOPIC)
    rows = connection.execute(
        select(Theme.__table__).where(Theme.set_id == chosen.id, Theme.kind.in_(kinds))
    ).all()
    sizes: dict[int, int] = {}
    column: Any
    for column in (DocumentTheme.theme_id, DocumentTheme.topic_id):
        counted = select(column, func.count(DocumentTheme.document_id.distinct()))
        of_set = counted.where(DocumentTheme.set_id == chosen.id, column.is_not(None))
        sizes.update((int(row[0]), row[1]) for row in connection.execute(of_set.group_by(column)))
    names = {row.id: row.name for row in rows}
    split = {row.split_from for row in rows if row.split_from is not None}
    found = [
        ThemeRow(row, sizes.get(row.id, 0), names.get(row.merged_into))
        for row in rows
        if row.id not in split
    ]
    return sorted(
        found,
        key=lambda one: (one.row.hidden, one.into is not None, -one.documents, one.row.id),
    )
