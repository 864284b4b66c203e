"""All versions of a document belong together: they are forgotten together, and the newest that is
left is the current one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, or_, select, update

from schema.tables import DocumentRow
from schema.tables.document import REPLACED

#: The id that version 1 of a document has, or had.
FIRST_ID = func.coalesce(DocumentRow.first_id, DocumentRow.id)


def all_versions(connection: Connection, ids: Sequence[int]) -> list[int]:
    """The ids of documents and of all their other versions, in order."""
    first = select(FIRST_ID).where(DocumentRow.id.in_(ids))
    families = set(connection.execute(first).scalars())
    later = select(DocumentRow.id).where(DocumentRow.first_id.in_(families))
    there = select(DocumentRow.id).where(DocumentRow.id.in_(families))
    return sorted({*ids, *connection.execute(later.union(there)).scalars()})


def lock_versions(connection: Connection, ids: Sequence[int]) -> list[int]:
    """Lock documents and all their versions, in the order in which everybody does: whoever wants to
    refer to them, or to make a further version, waits.

    Returns:
        Their ids, in order, those that are gone left out.
    """
    wanted = all_versions(connection, ids)
    while True:
        locked = select(DocumentRow.id).where(DocumentRow.id.in_(wanted)).order_by(DocumentRow.id)
        found = list(connection.execute(locked.with_for_update()).scalars())
        # One that was made while we waited for its predecessor has a higher id than that.
        wanted = all_versions(connection, found) if found else []
        if wanted == found:
            return found


def first_ids(connection: Connection, ids: Sequence[int]) -> set[int]:
    """The ids of version 1 of documents that have several."""
    first = select(DocumentRow.first_id).where(
        DocumentRow.id.in_(ids), DocumentRow.first_id.is_not(None)
    )
    return set(connection.execute(first).scalars())  # type: ignore[arg-type]


def make_newest_current(connection: Connection, families: Iterable[int]) -> None:
    """Where the current version was deleted, let the newest that is left be the current one.

    Args:
        connection: The transaction that has locked all of their versions.
        families: Ids of version 1, there or not.
    """
    for family in sorted(families):
        newest = connection.execute(
            select(DocumentRow.id, DocumentRow.identity, DocumentRow.replaced_at)
            .where(or_(DocumentRow.id == family, DocumentRow.first_id == family))
            .order_by(DocumentRow.version.desc())
            .limit(1)
        ).one_or_none()
        if newest is not None and newest.replaced_at is not None:
            identity = newest.identity.partition(REPLACED)[0]
            connection.execute(
                update(DocumentRow)
                .where(DocumentRow.id == newest.id)
                .values(identity=identity, replaced_at=None)
            )
