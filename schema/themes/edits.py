"""What people changed about themes: recording it, and reading it to do it again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from schema.database.clock import now
from schema.tables import Theme, ThemeEdit, ThemeSet, ThemeVerb


class UnknownThemeError(LookupError):
    """No theme of a set that counts has this id."""


def record_edit(
    connection: Connection, theme_id: int, verb: ThemeVerb, detail: dict[str, Any], who: str
) -> None:
    """Write down that somebody did something to a theme."""
    connection.execute(
        insert(ThemeEdit).values(
            theme_id=theme_id, verb=verb, detail=detail, made_by=who, made_at=now()
        )
    )


def rename_theme(connection: Connection, theme_id: int, name: str, who: str) -> None:
    """Give a theme a name that no rebuild changes."""
    named = update(Theme).where(Theme.id == theme_id)
    connection.execute(named.values(name=name, named_by=who))
    record_edit(connection, theme_id, ThemeVerb.RENAME, {"name": name}, who)


def merge_themes(connection: Connection, theme_id: int, into: int, who: str) -> None:
    """Let a theme, with all that were merged into it before, count as another."""
    merged = update(Theme).where(or_(Theme.id == theme_id, Theme.merged_into == theme_id))
    connection.execute(merged.values(merged_into=into))
    record_edit(connection, theme_id, ThemeVerb.MERGE, {"into": into}, who)


def hide_theme(connection: Connection, theme_id: int, hidden: bool, who: str) -> None:
    """Leave a theme out of lists, or put it back."""
    connection.execute(update(Theme).where(Theme.id == theme_id).values(hidden=hidden))
    verb = ThemeVerb.HIDE if hidden else ThemeVerb.UNHIDE
    record_edit(connection, theme_id, verb, {}, who)


def read_edits(connection: Connection) -> list[Any]:
    """All edits in the order in which they were made."""
    statement = select(ThemeEdit.__table__).order_by(ThemeEdit.id)
    return list(connection.execute(statement).all())


def find_theme(connection: Connection, theme_id: int) -> Any:
    """The row of a theme in the newest set that is ready and has it.

    Raises:
        UnknownThemeError: If there is none.
    """
    statement = (
        select(Theme.__table__)
        .join(ThemeSet, ThemeSet.id == Theme.set_id)
        .where(Theme.id == theme_id, ThemeSet.ready_at.is_not(None))
        .order_by(ThemeSet.id.desc())
        .limit(1)
    )
    found = connection.execute(statement).one_or_none()
    if found is None:
        raise UnknownThemeError(f"no theme has the id {theme_id}; `triage themes` lists them")
    return found
