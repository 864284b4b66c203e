"""Storing documents in PostgreSQL, with COPY. Several ingestions may be at it at once.

A block of new documents is copied into the table itself, any other into a temporary one, of which
one statement stores what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from sqlalchemy import Connection, text

from producer.ingest.storage.copy_lines import (
    COLUMNS,
    KnownDocumentError,
    copy_lines,
    feedback_line,
)
from producer.ingest.storage.joining import JoiningDocument
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from schema.tables.document import REPLACED

_STAGE = (  # A block may be stored in several parts.
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS staged (
        id bigint DEFAULT nextval(pg_get_serial_sequence('document_versions', 'id')),
        source text, external_id text, identity text, text_hash text, text text,
        time timestamptz, language text, product text, metadata jsonb,
        rating double precision, rating_scale integer, title text, question text,
        content_hash text, metadata_hash text
    ) ON COMMIT DROP
    """,
    "TRUNCATE staged",
)
_COLUMNS = ", ".join(COLUMNS)
_hashes = attrgetter("text_hash", "content_hash", "metadata_hash")
_STAGE_DOCUMENTS = f"COPY staged ({_COLUMNS}) FROM STDIN"
# Lists go as one string each way: the driver takes its time with arrays and with rows.
_LISTED = "identity = ANY(string_to_array(:identities, ','))"
_KNOWN = text(f"SELECT id FROM document_versions WHERE {_LISTED}")
_RESERVE = text(
    """
    SELECT string_agg(CAST(nextval(s.name) AS text), ',')
    FROM (SELECT CAST(pg_get_serial_sequence('document_versions', 'id') AS regclass) AS name) AS s,
        generate_series(1, :number)
    """
)
_CLOCK = text("SELECT CAST(clock_timestamp() AS text)")
_COPY_DOCUMENTS = f"COPY document_versions (id, stored_at, {_COLUMNS}) FROM STDIN"
# In the order of identities, so that two ingestions of the same documents wait for each other
# instead of each holding what the other one needs; the ids keep the order of the file.
_INSERT = text(
    f"""
    INSERT INTO document_versions (id, {_COLUMNS}, stored_at)
    SELECT id, {_COLUMNS}, clock_timestamp()
    FROM staged
    ORDER BY identity
    ON CONFLICT (identity) DO NOTHING
    """
)
# Whether a document of an earlier run has changed, or is to join this one.
_CHANGES_OR_JOINS = """
    d.id <> s.id AND (
        d.content_hash IS DISTINCT FROM s.content_hash
        OR d.metadata_hash IS DISTINCT FROM s.metadata_hash
        OR d.gone_at IS NOT NULL
        OR NOT EXISTS (
            SELECT 1 FROM run_documents AS c
            WHERE c.document_id = d.id AND (c.run_id = :run_id OR c.run_id = ANY(:analysing))
        )
    )
"""
# From now on nobody deletes or replaces those before we commit. In the order in which whoever
# deletes documents locks them too; in one statement, and not first more weakly, or two ingestions
# would wait for each other.
_LOCK = text(
    f"""
    SELECT d.id FROM staged AS s JOIN document_versions AS d ON d.identity = s.identity
    WHERE {_CHANGES_OR_JOINS}
    ORDER BY d.id
    FOR NO KEY UPDATE OF d
    """
)
_FIND = text(
    f"""
    SELECT
        d.identity, d.id, coalesce(d.first_id, d.id), d.text_hash, d.content_hash, d.metadata_hash,
        d.gone_at IS NOT NULL, d.id = s.id, r.document_id IS NOT NULL,
        EXISTS (
            SELECT 1 FROM run_documents AS c
            WHERE c.document_id = d.id AND c.run_id = ANY(:analysing)
        ),
        ({_CHANGES_OR_JOINS}) AS to_be_locked
    FROM staged AS s
    JOIN document_versions AS d ON d.identity = s.identity
    LEFT JOIN run_documents AS r ON r.run_id = :run_id AND r.document_id = d.id
    """
)
# Against the workers that write results of them: in order, too.
_LOCK_REPLACED = text(
    "SELECT id FROM document_versions WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"
)
_REPLACE = text(
    f"""
    UPDATE document_versions
    SET identity = identity || '{REPLACED}' || version, replaced_at = clock_timestamp()
    WHERE id = ANY(:ids)
    """
)
_INSERT_VERSIONS = text(
    f"""
    INSERT INTO document_versions (id, {_COLUMNS}, stored_at, version, first_id)
    SELECT
        s.id, {", ".join(f"s.{name}" for name in COLUMNS)}, clock_timestamp(),
        d.version + 1, coalesce(d.first_id, d.id)
    FROM staged AS s
    JOIN document_versions AS d ON d.identity = s.identity || '{REPLACED}' || d.version
    WHERE d.id = ANY(:ids)
    ORDER BY s.id
    RETURNING identity, id
    """
)
_REFRESH = text(
    """
    UPDATE document_versions AS d SET
        time = s.time, language = s.language, product = s.product, metadata = s.metadata,
        rating = s.rating, rating_scale = s.rating_scale, question = s.question,
        content_hash = s.content_hash, metadata_hash = s.metadata_hash, gone_at = NULL
    FROM staged AS s
    WHERE d.id = ANY(:ids) AND d.identity = s.identity
    """
)
_COPY_POSITIONS = "COPY run_documents (run_id, position, document_id, input) FROM STDIN"


def store_documents(
    connection: Connection, run_id: int, feedback: Sequence[Feedback], analysing: Sequence[int]
) -> dict[str, StoredDocument]:
    """Store the documents that the database does not have.

    Args:
        connection: A writing transaction, READ COMMITTED.
        run_id: The run, to see what is in it.
        feedback: No two of one identity.
        analysing: Ids of other runs of the same analyses and options.

    Returns:
        What the database has now, by identity.

    Raises:
        StorageError: If the database breaks off the COPY.
    """
    if (copied := _store_new(connection, feedback)) is not None:
        return copied
    for statement in _STAGE:
        connection.execute(text(statement))
    copy_lines(connection, _STAGE_DOCUMENTS, map(feedback_line, feedback))
    locked: set[int] = set()
    wanted = {"run_id": run_id, "analysing": list(analysing)}
    while True:
        connection.execute(_INSERT)
        locked.update(connection.execute(_LOCK, wanted).scalars())
        rows = connection.execute(_FIND, wanted).all()
        # Fewer where one was deleted before it was locked: it is stored anew. Another one where it
        # was replaced: the newer version is locked then.
        if len(rows) == len(feedback) and all(row[1] in locked for row in rows if row.to_be_locked):
            return {row[0]: StoredDocument(*row[1:-1]) for row in rows}


def _store_new(
    connection: Connection, feedback: Sequence[Feedback]
) -> dict[str, StoredDocument] | None:
    """Store documents of which the database has none; None if it has some after all.

    Raises:
        StorageError: If the database breaks off the COPY.
    """
    # In the order of identities, as below.
    ordered = sorted(feedback, key=attrgetter("identity"))
    identities = ",".join([one.identity for one in ordered])
    if connection.execute(_KNOWN, {"identities": identities}).first() is not None:
        return None
    ids = connection.execute(_RESERVE, {"number": len(feedback)}).scalar_one().split(",")
    number = {one.identity: int(id_) for one, id_ in zip(feedback, ids, strict=True)}
    clock = connection.execute(_CLOCK).scalar_one()
    lines = (f"{number[one.identity]}\t{clock}\t{feedback_line(one)}" for one in ordered)
    try:
        with connection.begin_nested():
            copy_lines(connection, _COPY_DOCUMENTS, lines)
    except KnownDocumentError:
        # Another ingestion has stored it since we looked.
        return None
    return {
        one.identity: StoredDocument(
            id_, id_, *_hashes(one), gone=False, new=True, in_run=False, analysed=False
        )
        for one in feedback
        if (id_ := number[one.identity])
    }


def replace_documents(
    connection: Connection, _feedback: Sequence[Feedback], replaced: Mapping[str, StoredDocument]
) -> dict[str, int]:
    """Make new versions of documents.

    Args:
        connection: The transaction of `store_documents`.
        _feedback: It is still there, from then.
        replaced: The versions to be replaced, by identity.

    Returns:
        The ids of the new versions by identity.
    """
    ids = {"ids": [one.id for one in replaced.values()]}
    connection.execute(_LOCK_REPLACED, ids)
    connection.execute(_REPLACE, ids)
    return {row.identity: row.id for row in connection.execute(_INSERT_VERSIONS, ids)}


def refresh_documents(
    connection: Connection, _feedback: Sequence[Feedback], refreshed: Mapping[str, StoredDocument]
) -> None:
    """Write over in place what is no part of the analysed content, and say that it still comes.

    Args:
        connection: The transaction of `store_documents`.
        _feedback: It is still there, from then.
        refreshed: The documents, by identity.
    """
    connection.execute(_REFRESH, {"ids": [one.id for one in refreshed.values()]})


def join_run(
    connection: Connection, run_id: int, first_position: int, joining: Sequence[JoiningDocument]
) -> None:
    """Give documents the next positions of a run.

    Raises:
        StorageError: If the database breaks off the COPY.
    """
    copy_lines(
        connection,
        _COPY_POSITIONS,
        (
            f"{run_id}\t{position}\t{one.document_id}\t{one.input}\n"
            for position, one in enumerate(joining, first_position)
        ),
    )
