"""Finding near-duplicates among documents, and storing their groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select

from schema.database import reading, writing
from schema.insights.near_duplicates import Groups, find_near_duplicates
from schema.tables import DocumentRow, NearDuplicateRow, RunDocument

#: Documents of one statement.
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        documents: How many were looked at.
        groups: Groups of two or more.
        equal: Copies that are the same as the first of their group, but for case and punctuation.
        alike: Copies that are nearly so.
        largest: Documents of the largest group.
    """

    documents: int
    groups: int
    equal: int
    alike: int
    largest: int


def find_duplicates(engine: Engine, run_ids: Sequence[int] = ()) -> Found:
    """Group current documents by what they say, and store the groups in place of those before.

    Args:
        engine: The database.
        run_ids: Only documents of these runs: copies are looked for among them, and the groups of
            other documents stay. None: all documents.
    """
    scope = _scope(run_ids)
    with reading(engine) as connection:
        wanted = select(DocumentRow.id, DocumentRow.text).where(
            DocumentRow.replaced_at.is_(None), DocumentRow.gone_at.is_(None), *scope
        )
        rows = connection.execute(wanted.order_by(DocumentRow.id)).all()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    groups = find_near_duplicates([row[1] for row in rows])
    sizes = np.bincount(groups.first, minlength=1)
    with writing(engine) as connection:
        _replace(connection, ids, groups, sizes, scope)
    copies = groups.first != np.arange(len(ids))
    return Found(
        documents=len(ids),
        groups=int((sizes > 1).sum()),
        equal=int((copies & groups.is_equal).sum()),
        alike=int((copies & ~groups.is_equal).sum()),
        largest=int(sizes.max()),
    )


def _scope(run_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    if not run_ids:
        return []
    of_runs = select(RunDocument.document_id).where(RunDocument.run_id.in_(run_ids))
    return [DocumentRow.id.in_(of_runs)]


def _replace(
    connection: Connection,
    ids: Any,
    groups: Groups,
    sizes: Any,
    scope: Sequence[ColumnElement[bool]],
) -> None:
    gone = delete(NearDuplicateRow)
    if scope:
        gone = gone.where(NearDuplicateRow.document_id.in_(select(DocumentRow.id).where(*scope)))
    connection.execute(gone)
    members = np.flatnonzero(sizes[groups.first] > 1) if len(ids) else ids
    for start in range(0, len(members), _BLOCK):
        rows = {
            int(ids[index]): {
                "document_id": int(ids[index]),
                "group_id": int(ids[groups.first[index]]),
                "is_equal": bool(groups.is_equal[index]),
            }
            for index in members[start : start + _BLOCK]
        }
        # One may have been forgotten since it was read; what is there stays until we are done.
        there = select(DocumentRow.id).where(DocumentRow.id.in_(rows)).order_by(DocumentRow.id)
        locked = connection.execute(there.with_for_update(key_share=True)).scalars().all()
        if locked:
            connection.execute(insert(NearDuplicateRow), [rows[one] for one in locked])
