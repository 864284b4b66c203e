"""`triage themes rename`, `merge`, `hide`, `split`: what a person changes; a rebuild keeps it."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from producer.display.say import say
from producer.errors import UsageError
from producer.themes.editing import merge, recount_weeks, rename, set_hidden
from schema.database import reading, writing
from schema.tables import ThemeKind, ThemeVerb
from schema.themes.edits import UnknownThemeError, find_theme, record_edit


def edit_themes(engine: Engine, words: Sequence[str]) -> None:
    """Do what the words say.

    Raises:
        UsageError: If they say too much, too little, or name no theme.
    """
    verb, *arguments = words
    usage, count, edit = EDITS[verb]
    if len(arguments) != count or not arguments[0].isdecimal():
        raise UsageError(f"say it so: triage themes {usage}")
    try:
        edit(engine, arguments, _user())
    except UnknownThemeError as error:
        raise UsageError(str(error)) from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # In a container without a name for its user.
        return "unknown"


def _rename(engine: Engine, arguments: Sequence[str], who: str) -> None:
    theme, name = int(arguments[0]), arguments[1].strip()
    was = rename(engine, theme, name, who)
    say(f"theme {theme} is named {name}, before: {was}")


def _merge(engine: Engine, arguments: Sequence[str], who: str) -> None:
    if not arguments[1].isdecimal():
        raise UsageError("say it so: triage themes merge ID ID")
    theme = int(arguments[0])
    kept = merge(engine, theme, int(arguments[1]), who)
    say(f"theme {theme} counts as theme {kept} from now on")


def _hide(engine: Engine, arguments: Sequence[str], who: str) -> None:
    _set_hidden(engine, int(arguments[0]), True, who)


def _unhide(engine: Engine, arguments: Sequence[str], who: str) -> None:
    _set_hidden(engine, int(arguments[0]), False, who)


def _set_hidden(engine: Engine, theme: int, hidden: bool, who: str) -> None:
    set_hidden(engine, theme, hidden, who)
    back = f"; back with: triage themes unhide {theme}" if hidden else ""
    say(f"theme {theme} is {'hidden' if hidden else 'in the list again'}{back}")


def _split(engine: Engine, arguments: Sequence[str], who: str) -> None:
    from producer.themes.splitting import NotSplitError, split_theme

    with reading(engine) as connection:
        theme = find_theme(connection, int(arguments[0]))
    if theme.kind != ThemeKind.THEME or theme.merged_into:
        raise UsageError("only a theme that was found, and was not merged, can be split")
    try:
        parts = split_theme(engine, theme)
    except NotSplitError as error:
        raise UsageError(f"theme {theme.id} stays one: {error}") from None
    with writing(engine) as connection:
        ids = [part["id"] for part in parts]
        record_edit(connection, theme.id, ThemeVerb.SPLIT, {"parts": ids}, who)
    recount_weeks(engine, theme.set_id)
    named = ", ".join(f"{part['id']} ({part['name']})" for part in parts)
    say(f"theme {theme.id} is split into {named}")


#: How each is said, how many words that takes, and what does it.
EDITS: dict[str, tuple[str, int, Callable[[Engine, Sequence[str], str], None]]] = {
    "rename": ("rename ID NAME", 2, _rename),
    "merge": ("merge ID ID", 2, _merge),
    "hide": ("hide ID", 1, _hide),
    "unhide": ("unhide ID", 1, _unhide),
    "split": ("split ID", 1, _split),
}
