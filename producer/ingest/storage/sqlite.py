"""Storing documents in SQLite, with executemany. The caller's transaction is the only writer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, insert, select, text, update

from producer.ingest.storage.joining import JoiningDocument
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from schema.database.clock import now
from schema.tables import DocumentRow, RunDocument
from schema.tables.document import REPLACED

_FIND = text(
    """
    SELECT
        d.identity, d.id, coalesce(d.first_id, d.id), d.text_hash, d.content_hash, d.metadata_hash,
        d.gone_at IS NOT NULL, r.document_id IS NOT NULL,
        EXISTS (
            SELECT 1 FROM run_documents AS c JOIN json_each(:analysing) AS a ON a.value = c.run_id
            WHERE c.document_id = d.id
        )
    FROM json_each(:identities) AS i
    JOIN document_versions AS d ON d.identity = i.value
    LEFT JOIN run_documents AS r ON r.run_id = :run_id AND r.document_id = d.id
    """
)
# It is JSON already.
_METADATA = bindparam("metadata_json", type_=Text())
_INSERT = insert(DocumentRow.__table__).values(  # type: ignore[arg-type]
    stored_at=now(), metadata=_METADATA
)
_REPLACE = (
    update(DocumentRow)
    .where(DocumentRow.id == bindparam("replaced"))
    .values(
        identity=DocumentRow.identity.concat(REPLACED).concat(DocumentRow.version),
        replaced_at=now(),
    )
)
_REFRESH = (
    update(DocumentRow.__table__)  # type: ignore[arg-type]
    .where(DocumentRow.id == bindparam("refreshed"))
    .values(metadata=_METADATA, gone_at=None)
)


def store_documents(
    connection: Connection, run_id: int, feedback: Sequence[Feedback], analysing: Sequence[int]
) -> dict[str, StoredDocument]:
    """Store the documents that the database does not have.

    Args:
        connection: A writing transaction.
        run_id: The run, to see what is in it.
        feedback: No two of one identity.
        analysing: Ids of other runs of the same analyses and options.

    Returns:
        What the database has now, by identity.
    """
    known = connection.execute(
        _FIND,
        {
            "identities": json.dumps([one.identity for one in feedback]),
            "run_id": run_id,
            "analysing": json.dumps(list(analysing)),
        },
    )
    found: dict[str, StoredDocument] = {}
    for old in known:
        states = bool(old[6]), False, bool(old[7]), bool(old[8])
        found[old[0]] = StoredDocument(old[1], old[2], old[3], old[4], old[5], *states)
    next_id = _newest(connection)
    rows = []
    for one in feedback:
        if one.identity in found:
            continue
        next_id += 1
        row = {"id": next_id} | _values(one)
        hashes = row["text_hash"], row["content_hash"], row["metadata_hash"]
        found[one.identity] = StoredDocument(next_id, next_id, *hashes, False, True, False, False)
        rows.append(row)
    if rows:
        connection.execute(_INSERT, rows)
    return found


def replace_documents(
    connection: Connection, feedback: Sequence[Feedback], replaced: Mapping[str, StoredDocument]
) -> dict[str, int]:
    """Make new versions of documents.

    Args:
        connection: A writing transaction.
        feedback: What was given to `store_documents`, or a part of it.
        replaced: The versions to be replaced, by identity.

    Returns:
        The ids of the new versions by identity.
    """
    ids = [one.id for one in replaced.values()]
    numbers = select(DocumentRow.id, DocumentRow.version).where(DocumentRow.id.in_(ids))
    version = {row.id: row.version for row in connection.execute(numbers)}
    connection.execute(_REPLACE, [{"replaced": number} for number in ids])
    next_id = _newest(connection)
    made: dict[str, int] = {}
    rows = []
    for one in feedback:
        if (old := replaced.get(one.identity)) is None:
            continue
        next_id += 1
        made[one.identity] = next_id
        place = {"id": next_id, "version": version[old.id] + 1, "first_id": old.first_id}
        rows.append(_values(one) | place)
    connection.execute(_INSERT, rows)
    return made


def refresh_documents(
    connection: Connection, feedback: Sequence[Feedback], refreshed: Mapping[str, StoredDocument]
) -> None:
    """Write over in place what is no part of the analysed content, and say that it still comes.

    Args:
        connection: A writing transaction.
        feedback: What was given to `store_documents`, or a part of it.
        refreshed: The documents, by identity.
    """
    # A title is a part of the text.
    never = {"source", "external_id", "identity", "text", "text_hash", "title"}
    rows = [
        {"refreshed": refreshed[one.identity].id}
        | {name: value for name, value in _values(one).items() if name not in never}
        for one in feedback
        if one.identity in refreshed
    ]
    connection.execute(_REFRESH, rows)


def join_run(
    connection: Connection, run_id: int, first_position: int, joining: Sequence[JoiningDocument]
) -> None:
    """Give documents the next positions of a run."""
    connection.execute(
        insert(RunDocument.__table__),  # type: ignore[arg-type]
        [
            {"run_id": run_id, "position": position} | one._asdict()
            for position, one in enumerate(joining, first_position)
        ],
    )


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.coalesce(func.max(DocumentRow.id), 0))).scalar_one()


def _values(one: Feedback) -> dict[str, Any]:
    return {
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
        "content_hash": one.content_hash,
        "metadata_hash": one.metadata_hash,
    }
