"""Storing documents in SQLite, with executemany. The caller's transaction is the only writer."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, Text, bindparam, func, insert, select, text

from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from schema.database.clock import now
from schema.tables import DocumentRow, RunDocument

_FIND = text(
    """
    SELECT d.identity, d.id, d.text_hash, r.document_id IS NOT NULL
    FROM json_each(:identities) AS i
    JOIN documents AS d ON d.identity = i.value
    LEFT JOIN run_documents AS r ON r.run_id = :run_id AND r.document_id = d.id
    """
)
_INSERT = insert(DocumentRow.__table__).values(  # type: ignore[arg-type]
    stored_at=now(),
    # It is JSON already.
    metadata=bindparam("metadata_json", type_=Text()),
)


def store_documents(
    connection: Connection, run_id: int, feedback: Sequence[Feedback]
) -> dict[str, StoredDocument]:
    """Store the documents that the database does not have.

    Args:
        connection: A writing transaction.
        run_id: The run, to see what is in it.
        feedback: No two of one identity.

    Returns:
        What the database has now, by identity.
    """
    identities = json.dumps([one.identity for one in feedback])
    known = connection.execute(_FIND, {"identities": identities, "run_id": run_id})
    found = {row[0]: StoredDocument(row[1], row[2], False, bool(row[3])) for row in known}
    next_id = connection.execute(select(func.coalesce(func.max(DocumentRow.id), 0))).scalar_one()
    rows = []
    for one in feedback:
        if one.identity in found:
            continue
        next_id += 1
        found[one.identity] = StoredDocument(next_id, one.text_hash, True, False)
        rows.append(
            {
                "id": next_id,
                "source": one.source,
                "external_id": one.external_id,
                "identity": one.identity,
                "text_hash": one.text_hash,
                "text": one.text,
                "time": one.time,
                "language": one.language,
                "product": one.product,
                "metadata_json": one.metadata,
                "rating": one.rating,
                "rating_scale": one.rating_scale,
                "title": one.title,
                "question": one.question,
            }
        )
    if rows:
        connection.execute(_INSERT, rows)
    return found


def join_run(
    connection: Connection, run_id: int, first_position: int, document_ids: Sequence[int]
) -> None:
    """Give documents the next positions of a run."""
    connection.execute(
        insert(RunDocument.__table__),  # type: ignore[arg-type]
        [
            {"run_id": run_id, "position": position, "document_id": document_id}
            for position, document_id in enumerate(document_ids, first_position)
        ],
    )
