"""Which themes there are, and which document has which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from schema.questions.errors import NoAnswerError
from schema.tables import Theme, ThemeKind
from schema.themes.sets import shown_set

#: Documents of themes: `theme_id`, `document_id`, `copy_key`, each once. A merged theme counts as
#: the one that it is part of; hidden ones are left out; topics of a person's own list are in.
MEMBERS = """(
    SELECT DISTINCT c.id AS theme_id, m.document_id AS document_id, m.copy_key AS copy_key
    FROM (
        SELECT document_id, copy_key, theme_id FROM document_themes
        WHERE set_id = :set_id AND theme_id IS NOT NULL
        UNION ALL
        SELECT document_id, copy_key, topic_id FROM document_themes
        WHERE set_id = :set_id AND topic_id IS NOT NULL
    ) AS m
    JOIN themes AS t ON t.set_id = :set_id AND t.id = m.theme_id
    JOIN themes AS c ON c.set_id = :set_id AND c.id = COALESCE(t.merged_into, t.id)
        AND NOT c.hidden
)"""
#: Documents of the set, in a theme or in none: `document_id`, `copy_key`, each once.
READ = "(SELECT DISTINCT document_id, copy_key FROM document_themes WHERE set_id = :set_id)"
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
