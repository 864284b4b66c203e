"""What a person changes about themes, at the console or on the served page: checked, done, counted
anew. A rebuild keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

from producer.errors import UsageError
from schema.database import writing
from schema.tables import ThemeKind
from schema.themes.edits import (
    UnknownThemeError,
    find_theme,
    hide_theme,
    merge_themes,
    rename_theme,
)
from schema.themes.weeks import count_weeks

#: Characters of a theme's name.
LONGEST = 200

#: Is called in the transaction that edits.
AlsoDo = Callable[[Connection], None]


def rename(engine: Engine, theme_id: int, name: str, who: str, also: AlsoDo | None = None) -> str:
    """Give a theme another name.

    Args:
        engine: The database.
        theme_id: The theme.
        name: Its name from now on.
        who: Who says so.
        also: What else belongs to the edit.

    Returns:
        The name that it had.

    Raises:
        UsageError: If there is no such theme, or the name is none.
    """
    name = " ".join(name.split())
    if not name:
        raise UsageError("a theme needs a name: triage themes rename ID NAME")
    if len(name) > LONGEST:
        raise UsageError(f"a theme's name has {LONGEST} characters at the most")
    with writing(engine) as connection:
        was = _found(connection, theme_id)
        rename_theme(connection, theme_id, name, who)
        _do(connection, also)
    return str(was.name)


def merge(engine: Engine, theme_id: int, into: int, who: str, also: AlsoDo | None = None) -> int:
    """Let a theme count as another from now on; arguments as of `rename`.

    Returns:
        The theme that it counts as: if `into` was merged itself, that which it is part of.

    Raises:
        UsageError: If these two cannot be merged.
    """
    with writing(engine) as connection:
        source, target = _found(connection, theme_id), _found(connection, into)
        kept = int(target.merged_into or target.id)
        if source.set_id != target.set_id or source.id == kept:
            raise UsageError("these two are not themes of one list: `triage themes` lists them")
        if {source.kind, target.kind} != {ThemeKind.THEME}:
            raise UsageError("only themes that were found can be merged, no broad ones, no topics")
        merge_themes(connection, source.id, kept, who)
        _do(connection, also)
    recount_weeks(engine, source.set_id)
    return kept


def set_hidden(
    engine: Engine, theme_id: int, hidden: bool, who: str, also: AlsoDo | None = None
) -> None:
    """Leave a theme out of lists, or put it back; arguments as of `rename`.

    Raises:
        UsageError: If there is no such theme.
    """
    with writing(engine) as connection:
        set_id = _found(connection, theme_id).set_id
        hide_theme(connection, theme_id, hidden, who)
        _do(connection, also)
    recount_weeks(engine, set_id)


def recount_weeks(engine: Engine, set_id: int) -> None:
    """Count a set's weeks anew, and what is expected of them."""
    from producer.themes.statistics import write_statistics

    count_weeks(engine, set_id)
    write_statistics(engine, set_id)


def _found(connection: Connection, theme_id: int) -> Any:
    try:
        return find_theme(connection, theme_id)
    except UnknownThemeError as error:
        raise UsageError(str(error)) from None


def _do(connection: Connection, also: AlsoDo | None) -> None:
    if also is not None:
        also(connection)
