"""What the filters can be set to: products, sources, languages, themes, runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from schema.questions import NoAnswerError
from schema.questions.themes import read_theme_names
from schema.tables import Run

#: Values that a list offers, those of most documents; others can be typed.
MOST = 200


@dataclass(frozen=True, slots=True)
class Choices:
    """What filters can be set to.

    Attributes:
        columns: By `product`, `source` and `language` their values, the most frequent first.
        themes: Ids and names, by name.
        runs: Names, the newest first.
    """

    columns: Mapping[str, Sequence[str]]
    themes: Sequence[tuple[str, str]]
    runs: Sequence[str]


def read_choices(connection: Connection) -> Choices:
    """Read what there is, of all documents."""
    columns = {name: _values(connection, name) for name in ("product", "source", "language")}
    newest = (
        select(Run.name)
        .where(Run.archived_at.is_(None), Run.deleted_at.is_(None))
        .order_by(Run.id.desc())
        .limit(MOST)
    )
    try:
        found = read_theme_names(connection).by_id
    except NoAnswerError:
        found = {}
    names = [(str(one.id), one.name) for one in found.values()]
    themes = sorted(names, key=lambda one: one[1].casefold())
    return Choices(columns, themes, list(connection.execute(newest).scalars()))


def _values(connection: Connection, name: str) -> list[str]:
    # By rollups, which are quick; the name is ours.
    sql = f"""
        SELECT d.{name} FROM current_documents AS d
        WHERE d.{name} IS NOT NULL AND d.{name} <> ''
        GROUP BY d.{name} ORDER BY COUNT(*) DESC, d.{name} LIMIT :most
    """
    return list(connection.execute(text(sql), {"most": MOST}).scalars())
