"""Ids of documents that are behind figures, so that each can be read up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from schema.questions.scope import Scope, select_rows
from schema.questions.themes import EXAMPLES, MEMBERS


def theme_examples(
    connection: Connection,
    scope: Scope,
    set_id: int,
    themes: Sequence[int],
    condition: str = "1 = 1",
) -> dict[int, tuple[int, ...]]:
    """By theme the ids of up to `EXAMPLES` documents, the newest first.

    Args:
        connection: Open.
        scope: Which documents.
        set_id: The set of themes.
        themes: Ids of those that are wanted.
        condition: On `v_documents AS d`.
    """
    found: dict[int, tuple[int, ...]] = {}
    if not themes:
        return found
    # Whole numbers of ours, so that they can stand in the statement.
    wanted = ", ".join(str(int(theme)) for theme in themes)
    rows = select_rows(
        connection,
        f"""
        SELECT theme, document FROM (
            SELECT m.theme_id AS theme, d.id AS document, ROW_NUMBER() OVER (
                PARTITION BY m.theme_id ORDER BY d.time IS NULL, d.time DESC, d.id DESC
            ) AS ordinal
            FROM v_documents AS d JOIN {MEMBERS} AS m ON m.document_id = d.id
            WHERE m.theme_id IN ({wanted}) AND {condition}
        ) AS ranked
        WHERE ordinal <= {EXAMPLES}
        ORDER BY theme, ordinal
        """,
        scope,
        set_id=set_id,
    )
    for theme, document in rows:
        found[theme] = (*found.get(theme, ()), document)
    return found


def segment_examples(
    connection: Connection, scope: Scope, by: str, condition: str
) -> dict[Any, tuple[int, ...]]:
    """By segment the ids of up to `EXAMPLES` documents for which a condition holds, the newest
    first.
    """
    found: dict[Any, tuple[int, ...]] = {}
    rows = select_rows(
        connection,
        f"""
        SELECT by_what, document FROM (
            SELECT /* by */ d.id AS document, ROW_NUMBER() OVER (
                PARTITION BY /* by */ d.id IS NULL
                ORDER BY d.time IS NULL, d.time DESC, d.id DESC
            ) AS ordinal
            FROM v_documents AS d
            WHERE {condition}
        ) AS ranked
        WHERE ordinal <= {EXAMPLES}
        ORDER BY ordinal
        """,
        scope,
        by=by,
    )
    for segment, document in rows:
        found[segment] = (*found.get(segment, ()), document)
    return found
