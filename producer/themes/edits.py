"""A person's changes, done again on themes that keep their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from schema.tables import ThemeVerb


def replay(edits: Iterable[Any], themes: Mapping[int, dict[str, Any]]) -> None:
    """Apply edits to the rows of themes by id, in place and in the order in which they were made.

    Edits of themes that are not there, or that were merged into one that is not, change nothing. A
    split is not done here: its parts are themes of their own by now, which stay.
    """
    for edit in edits:
        theme = themes.get(edit.theme_id)
        if theme is None:
            continue
        if edit.verb == ThemeVerb.RENAME:
            theme |= {"name": edit.detail["name"], "named_by": edit.made_by}
        elif edit.verb == ThemeVerb.MERGE and edit.detail["into"] in themes:
            merge(themes, edit.theme_id, edit.detail["into"])
        elif edit.verb in (ThemeVerb.HIDE, ThemeVerb.UNHIDE):
            theme["hidden"] = edit.verb == ThemeVerb.HIDE


def merge(themes: Mapping[int, dict[str, Any]], source: int, target: int) -> None:
    """Let a theme, and those that were merged into it, count as another."""
    into = themes[target]["merged_into"] or target
    if into == source:
        return
    for theme in themes.values():
        if theme["id"] == source or theme["merged_into"] == source:
            theme["merged_into"] = into


def edited_ids(edits: Iterable[Any]) -> set[int]:
    """Themes that a person has done something to; they are kept even if they are not found."""
    ids: set[int] = set()
    for edit in edits:
        ids |= {edit.theme_id, *edit.detail.get("parts", [])}
        if "into" in edit.detail:
            ids.add(edit.detail["into"])
    return ids
