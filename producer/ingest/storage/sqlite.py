"""Storing documents in SQLite, with executemany. The caller's transaction is the only writer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, select, text, update

from producer.ingest.storage.joining import JoiningDocument
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from schema.database.clock import now
from schema.tables import DocumentRow
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
# In the driver's own form: statements of SQLAlchemy name each value of each row.
_COLUMNS = (
    *("source", "external_id", "identity", "text_hash", "text", "time", "language", "product"),
    *("metadata", "rating", "rating_scale", "title", "question", "content_hash", "metadata_hash"),
)
_PLACE = ("id", "version", "first_id", "stored_at")
_INSERT = (
    f"INSERT INTO document_versions ({', '.join((*_PLACE, *_COLUMNS))}) "
    f"VALUES ({', '.join('?' * (len(_PLACE) + len(_COLUMNS)))})"
)
_INSERT_POSITION = (
    "INSERT INTO run_documents (run_id, position, document_id, input) VALUES (?, ?, ?, ?)"
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
    # It is JSON already.
    .values(metadata=bindparam("metadata_json", type_=Text()), gone_at=None)
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
    rows = []
    clock = _now(connection)
    for number, one in enumerate(
        (one for one in feedback if one.identity not in found), _newest(connection) + 1
    ):
        rows.append((number, 1, None, clock, *_row(one)))
        hashes = one.text_hash, one.content_hash, one.metadata_hash
        found[one.identity] = StoredDocument(number, number, *hashes, False, True, False, False)
    if rows:
        connection.exec_driver_sql(_INSERT, rows)
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
    changed = [one for one in feedback if one.identity in replaced]
    clock = _now(connection)
    made: dict[str, int] = {}
    rows = []
    for number, one in enumerate(changed, _newest(connection) + 1):
        old = replaced[one.identity]
        made[one.identity] = number
        rows.append((number, version[old.id] + 1, old.first_id, clock, *_row(one)))
    connection.exec_driver_sql(_INSERT, rows)
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
    never = {"source", "external_id", "identity", "text", "text_hash", "title", "metadata"}
    names = [name for name in _COLUMNS if name not in never]
    rows = [
        {"refreshed": refreshed[one.identity].id, "metadata_json": one.metadata}
        | {name: getattr(one, name) for name in names}
        for one in feedback
        if one.identity in refreshed
    ]
    connection.execute(_REFRESH, rows)


def join_run(
    connection: Connection, run_id: int, first_position: int, joining: Sequence[JoiningDocument]
) -> None:
    """Give documents the next positions of a run."""
    rows = [(run_id, position, *one) for position, one in enumerate(joining, first_position)]
    connection.exec_driver_sql(_INSERT_POSITION, rows)


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.coalesce(func.max(DocumentRow.id), 0))).scalar_one()


def _now(connection: Connection) -> str:
    """The clock, as the column has it."""
    return str(connection.execute(select(cast(now(), Text()))).scalar_one())


def _row(one: Feedback) -> tuple[Any, ...]:
    """A document, in the columns of `_COLUMNS`."""
    return (
        one.source,
        one.external_id,
        one.identity,
        one.text_hash,
        one.text,
        _without_zone(one.time_written),
        one.language,
        one.product,
        one.metadata,
        one.rating,
        one.rating_scale,
        one.title,
        one.question,
        one.content_hash,
        one.metadata_hash,
    )


def _without_zone(time: str | None) -> str | None:
    """A time in UTC as SQLAlchemy writes it on SQLite."""
    if time is None:
        return None
    clock = time[11:-6]
    return f"{time[:10]} {clock}" if "." in clock else f"{time[:10]} {clock}.000000"
