"""Deliveries with all that there is: what they come without is gone at its source."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Engine, func, select, update

from producer.ingest.storage.seen import SeenDocuments
from schema.database import reading, writing
from schema.database.clock import now
from schema.tables import DocumentRow

#: Documents that one transaction looks at, so that nobody waits long for it.
SNAPSHOT_LIMIT = 5_000


def newest_document(engine: Engine) -> int:
    """The highest id of a document; 0 where there is none."""
    with reading(engine) as connection:
        highest = select(func.coalesce(func.max(DocumentRow.id), 0))
        return int(connection.execute(highest).scalar_one())


def mark_gone(engine: Engine, sources: Iterable[str], seen: SeenDocuments, newest: int) -> int:
    """Mark the documents that a delivery came without.

    Args:
        engine: The database.
        sources: The sources that it was all of.
        seen: Documents that it came with.
        newest: The highest id of a document when it began: what others have stored meanwhile is
            left alone.

    Returns:
        How many were marked.
    """
    marked = last = 0
    current = (DocumentRow.replaced_at.is_(None), DocumentRow.gone_at.is_(None))
    while True:
        there = (
            select(DocumentRow.id)
            .where(DocumentRow.id > last, DocumentRow.id <= newest, *current)
            .where(DocumentRow.source.in_(sorted(sources)))
            .order_by(DocumentRow.id)
            .limit(SNAPSHOT_LIMIT)
        )
        with reading(engine) as connection:
            ids = list(connection.execute(there).scalars())
        if not ids:
            return marked
        gone = [one for one in ids if one not in seen]
        if gone:
            # In order of id, as everybody locks several documents.
            locked = select(DocumentRow.id).where(DocumentRow.id.in_(gone), *current)
            with writing(engine) as connection:
                locked = locked.order_by(DocumentRow.id).with_for_update(key_share=True)
                found = list(connection.execute(locked).scalars())
                mark = update(DocumentRow).where(DocumentRow.id.in_(found)).values(gone_at=now())
                marked += connection.execute(mark).rowcount
        last = ids[-1]
