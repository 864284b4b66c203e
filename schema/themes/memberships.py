"""Which clause belongs to which theme: writing it, and finding what fitted badly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, bindparam, func, insert, select, update

from schema.database import reading, writing
from schema.database.insertion import insert_rows
from schema.tables import DocumentRow, DocumentTheme, Theme, ThemeSet
from schema.themes.clauses import BLOCK, ClauseBlock, ClauseSource, read_clauses


def write_memberships(engine: Engine, rows: Sequence[dict[str, Any]]) -> int:
    """Write rows of `document_themes`; those of documents that are gone by now are left out.

    Returns:
        How many were written.
    """
    ids = {row["document_id"] for row in rows}
    with writing(engine) as connection:
        # Whoever wants to forget one of them waits until its rows are there to be deleted.
        there = select(DocumentRow.id).where(DocumentRow.id.in_(ids)).order_by(DocumentRow.id)
        locked = there.with_for_update(read=True, key_share=True)
        left = set(connection.execute(locked).scalars())
        kept = [row for row in rows if row["document_id"] in left]
        insert_rows(connection, DocumentTheme, kept)
    return len(kept)


def read_members(
    engine: Engine, source: ClauseSource, set_id: int, *conditions: Any
) -> Iterator[tuple[ClauseBlock, dict[tuple[int, int], Any]]]:
    """Read the clauses of a set whose rows of `document_themes` fulfil conditions.

    Yields:
        Blocks of clauses, and by (document, ordinal) the rows of those of them that do; others are
        of the same documents.
    """
    table = DocumentTheme.__table__
    wanted_rows = [DocumentTheme.set_id == set_id, *conditions]
    last = 0
    while True:
        ids = select(table.c.document_id).where(*wanted_rows, table.c.document_id > last).distinct()
        with reading(engine) as connection:
            found = connection.execute(ids.order_by(table.c.document_id).limit(BLOCK))
            wanted = list(found.scalars())
            if not wanted:
                return
            among = (wanted[0], wanted[-1])
            matching = select(table).where(*wanted_rows, table.c.document_id.between(*among))
            rows = {(row.document_id, row.ordinal): row for row in connection.execute(matching)}
        last = wanted[-1]
        for block in read_clauses(engine, source, among=among):
            yield block, rows


def add_themes(
    engine: Engine, set_id: int, themes: Sequence[dict[str, Any]], moves: Sequence[dict[str, Any]]
) -> None:
    """Add themes to a set, and give clauses to them, in one transaction.

    Args:
        engine: The database.
        set_id: The set.
        themes: Rows of `themes`.
        moves: The values `of_document`, `of_ordinal`, `theme_id`, `similarity`.
    """
    moved = update(DocumentTheme).where(
        DocumentTheme.set_id == set_id,
        DocumentTheme.document_id == bindparam("of_document"),
        DocumentTheme.ordinal == bindparam("of_ordinal"),
    )
    moved = moved.values(theme_id=bindparam("theme_id"), similarity=bindparam("similarity"))
    with writing(engine) as connection:
        if themes:
            connection.execute(insert(Theme), [{**theme, "set_id": set_id} for theme in themes])
        highest = max((theme["id"] for theme in themes), default=0) + 1
        free = update(ThemeSet).where(ThemeSet.id == set_id, ThemeSet.next_theme_id < highest)
        connection.execute(free.values(next_theme_id=highest))
        if moves:
            connection.execute(moved, list(moves))


def count_memberships(engine: Engine, set_id: int) -> tuple[int, int]:
    """How many documents and how many clauses have a row in a set."""
    counted = select(
        func.count(DocumentTheme.document_id.distinct()), func.count(DocumentTheme.ordinal)
    ).where(DocumentTheme.set_id == set_id)
    with reading(engine) as connection:
        documents, clauses = connection.execute(counted).one()
    return documents, clauses
