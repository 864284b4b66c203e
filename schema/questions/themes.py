"""Which themes there are, and which document has which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from schema.questions.errors import NoAnswerError
from schema.tables import Theme, ThemeKind
from schema.themes.sets import shown_set

#: Documents of which the ids are given, of those behind a figure.
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class ThemeName:
    """A theme as it is called.

    Attributes:
        id: What `triage themes show` takes.
        new: Whether it came to feedback in which themes had been found before.
        is_topic: Whether it is of a person's own list.
    """

    id: int
    name: str
    new: bool
    is_topic: bool


@dataclass(frozen=True, slots=True)
class ThemeNames:
    """The themes and topics of the set that counts.

    Attributes:
        set_id: The set.
        scope: Which feedback it is of, as `theme_sets.scope` has it.
        basis: `embedding`, or `words`, which is weaker.
        by_id: Those that are in lists: no hidden, merged, split or broad ones.
    """

    set_id: int
    scope: str
    basis: str
    by_id: dict[int, ThemeName]


def members(condition: str) -> str:
    """A SELECT in brackets of documents of themes: `theme_id`, `document_id`, `copy_key`, each
    once. A merged theme counts as the one that it is part of; hidden ones are left out; topics of a
    person's own list are in.

    Args:
        condition: On `m.document_id` and `m.{theme}`, the theme or topic before it was merged: to
            make all of them distinct takes seconds of a million.
    """
    of_themes, of_topics = (
        f"SELECT m.document_id, m.copy_key, m.{theme} AS theme_id FROM document_themes AS m\n"
        f"        WHERE m.set_id = :set_id AND m.{theme} IS NOT NULL "
        f"AND {condition.format(theme=theme)}"
        for theme in ("theme_id", "topic_id")
    )
    return f"""(
    SELECT DISTINCT c.id AS theme_id, m.document_id AS document_id, m.copy_key AS copy_key
    FROM (
        {of_themes}
        UNION ALL
        {of_topics}
    ) AS m
    JOIN themes AS t ON t.set_id = :set_id AND t.id = m.theme_id
    JOIN themes AS c ON c.set_id = :set_id AND c.id = COALESCE(t.merged_into, t.id)
        AND NOT c.hidden
)"""


def read_theme_names(connection: Connection) -> ThemeNames:
    """Read which themes there are.

    Raises:
        NoAnswerError: If none have been found yet.
    """
    chosen = shown_set(connection)
    if chosen is None:
        raise NoAnswerError(
            "no themes have been found yet; run: triage themes (for themes of meaning, and not of "
            "words alone, first: triage ingest FILE --analyses embedding,sentiment)"
        )
    return theme_names_of(connection, chosen)


def theme_names_of(connection: Connection, chosen: Any) -> ThemeNames:
    """Which themes a set has.

    Args:
        connection: Open.
        chosen: Its row of `theme_sets`.
    """
    split = select(Theme.split_from).where(Theme.set_id == chosen.id, Theme.split_from.is_not(None))
    statement = select(Theme.id, Theme.name, Theme.new, Theme.kind).where(
        Theme.set_id == chosen.id,
        or_(Theme.kind == ThemeKind.THEME, Theme.kind == ThemeKind.TOPIC),
        Theme.merged_into.is_(None),
        Theme.hidden.is_(False),
        Theme.id.not_in(split),
    )
    names = {row.id: _name(row) for row in connection.execute(statement.order_by(Theme.id))}
    return ThemeNames(chosen.id, chosen.scope, chosen.basis, names)


def _name(row: Any) -> ThemeName:
    return ThemeName(row.id, row.name, row.new, row.kind == ThemeKind.TOPIC)
