"""Storing documents in PostgreSQL, with COPY. Several ingestions may be at it at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from producer.ingest.errors import IngestError
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from schema.database.errors import first_line

_STAGE = text(
    """
    CREATE TEMPORARY TABLE staged (
        id bigint DEFAULT nextval(pg_get_serial_sequence('documents', 'id')),
        source text, external_id text, identity text, text_hash text, text text,
        time timestamptz, language text, product text, metadata jsonb,
        rating double precision, rating_scale integer, title text, question text
    ) ON COMMIT DROP
    """
)
_COPY_DOCUMENTS = """
    COPY staged (
        source, external_id, identity, text_hash, text, time, language, product, metadata,
        rating, rating_scale, title, question
    ) FROM STDIN
"""
# In the order of identities, so that two ingestions of the same documents wait for each other
# instead of each holding what the other one needs; the ids keep the order of the file.
_INSERT = text(
    """
    INSERT INTO documents (
        id, source, external_id, identity, text_hash, text, time, language, product, metadata,
        rating, rating_scale, title, question, stored_at
    )
    SELECT
        id, source, external_id, identity, text_hash, text, time, language, product, metadata,
        rating, rating_scale, title, question, clock_timestamp()
    FROM staged
    ORDER BY identity
    ON CONFLICT (identity) DO NOTHING
    """
)
_FIND = text(
    """
    SELECT d.identity, d.id, d.text_hash, d.id = s.id, r.document_id IS NOT NULL
    FROM staged AS s
    JOIN documents AS d ON d.identity = s.identity
    LEFT JOIN run_documents AS r ON r.run_id = :run_id AND r.document_id = d.id
    """
)
# Those of earlier runs: from now on nobody deletes them before this run has them. In the order in
# which whoever deletes documents locks them too.
_KEEP = text(
    """
    SELECT d.id FROM staged AS s JOIN documents AS d ON d.identity = s.identity
    WHERE d.id <> s.id AND NOT EXISTS (
        SELECT 1 FROM run_documents AS r WHERE r.run_id = :run_id AND r.document_id = d.id
    )
    ORDER BY d.id
    FOR KEY SHARE OF d
    """
)
_COPY_POSITIONS = "COPY run_documents (run_id, position, document_id) FROM STDIN"


def store_documents(
    connection: Connection, run_id: int, feedback: Sequence[Feedback]
) -> dict[str, StoredDocument]:
    """Store the documents that the database does not have.

    Args:
        connection: A writing transaction, READ COMMITTED.
        run_id: The run, to see what is in it.
        feedback: No two of one identity.

    Returns:
        What the database has now, by identity.

    Raises:
        IngestError: If the database breaks off the COPY.
    """
    connection.execute(_STAGE)
    _copy(
        connection,
        _COPY_DOCUMENTS,
        (
            (
                one.source,
                one.external_id,
                one.identity,
                one.text_hash,
                one.text,
                one.time,
                one.language,
                one.product,
                one.metadata,
                one.rating,
                one.rating_scale,
                one.title,
                one.question,
            )
            for one in feedback
        ),
    )
    while True:
        connection.execute(_INSERT)
        connection.execute(_KEEP, {"run_id": run_id})
        rows = connection.execute(_FIND, {"run_id": run_id}).all()
        # Fewer where one was deleted before it was kept: it is stored anew.
        if len(rows) == len(feedback):
            return {row[0]: StoredDocument(*row[1:]) for row in rows}


def join_run(
    connection: Connection, run_id: int, first_position: int, document_ids: Sequence[int]
) -> None:
    """Give documents the next positions of a run.

    Raises:
        IngestError: If the database breaks off the COPY.
    """
    _copy(
        connection,
        _COPY_POSITIONS,
        (
            (run_id, position, document_id)
            for position, document_id in enumerate(document_ids, first_position)
        ),
    )


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    # SQLAlchemy wraps no error of what is done behind its back.
    errors: Any = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except errors as error:
        raise IngestError(f"the database failed: {first_line(error)}") from None
