"""What becomes of a row whose document is stored already, and is not as the row has it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from producer.ingest.storage.joining import input_number
from producer.ingest.storage.seen import SeenDocuments
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback, hash_content, hash_metadata
from producer.ingest.validation.input_row import InputRow
from schema.ledger.families import FIRST_ID
from schema.tables import DocumentRow, RunDocument


class Change(Enum):
    """How a row differs from the current version of its document."""

    #: Not at all.
    NOTHING = auto()
    #: Not at all, but a delivery with all that there is came without it.
    RETURNED = auto()
    #: In what is written over in place.
    METADATA = auto()
    #: In what makes a new version.
    CONTENT = auto()
    #: It is as an earlier version in this run, of another of its inputs, is.
    EARLIER = auto()
    #: It is the second row of its input with this id, and with other content than the first.
    SECOND = auto()


class _Joined(NamedTuple):
    """A version that the run has."""

    id: int
    content_hash: str
    input: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Tells how rows of a block differ from what is stored.

    Attributes:
        joined: Versions that the run has of documents that differ, by the id of their version 1.
        seen: Documents that rows of an input have been, by the input's digest.
    """

    joined: Mapping[int, list[_Joined]]
    seen: Mapping[str, SeenDocuments]

    def of(self, row: InputRow, item: Feedback, document: StoredDocument) -> Change:
        """How a row differs from a document of its identity."""
        change = _compare(item, document)
        if change in (Change.NOTHING, Change.RETURNED) or document.new:
            return change
        if document.id in self.seen[row.input.digest]:
            # It is as a row above says. Of metadata the first row counts, without a word.
            return Change.SECOND if change is Change.CONTENT else Change.NOTHING
        joined = self.joined.get(document.first_id, [])
        ours = input_number(row.input.digest)
        # Unless the input itself said otherwise meanwhile, and has been changed back.
        if not any(one.id == document.id and one.input == ours for one in joined) and any(
            one.content_hash == item.content_hash for one in joined
        ):
            return Change.EARLIER
        return change


def find_changes(
    connection: Connection,
    run_id: int,
    firsts: Iterable[Feedback],
    found: Mapping[str, StoredDocument],
    seen: Mapping[str, SeenDocuments],
) -> Changes:
    """Look up what it takes to tell how rows differ from documents.

    Args:
        connection: The transaction that has found the documents.
        run_id: The run.
        firsts: The first row of each identity.
        found: What is stored, by identity.
        seen: As in `Changes`.
    """
    differing = {
        document.first_id
        for one in firsts
        if not (document := found[one.identity]).new
        and _compare(one, document) in (Change.METADATA, Change.CONTENT)
    }
    joined: defaultdict[int, list[_Joined]] = defaultdict(list)
    statement = select(
        FIRST_ID.label("family"),
        *(DocumentRow.id, DocumentRow.content_hash, DocumentRow.text_hash),
        *(DocumentRow.time, DocumentRow.language, RunDocument.input),
    ).join(RunDocument, RunDocument.document_id == DocumentRow.id)
    either = DocumentRow.id.in_(differing) | DocumentRow.first_id.in_(differing)
    if differing:
        for row in connection.execute(statement.where(RunDocument.run_id == run_id, either)):
            content = row.content_hash or hash_content(row.text_hash, row.time, row.language)
            joined[row.family].append(_Joined(row.id, content, row.input))
    return Changes(joined, seen)


def fill_hashes(
    connection: Connection, found: Mapping[str, StoredDocument]
) -> dict[str, StoredDocument]:
    """The same, with the hashes of what was stored before there were any."""
    missing = [one.id for one in found.values() if one.content_hash is None]
    if not missing:
        return dict(found)
    columns = (DocumentRow.time, DocumentRow.language, DocumentRow.product, DocumentRow.extra)
    rows = {
        row.id: row
        for row in connection.execute(
            select(DocumentRow.id, DocumentRow.text_hash, *columns).where(
                DocumentRow.id.in_(missing)
            )
        )
    }
    return {
        identity: one if one.id not in rows else _filled(one, rows[one.id])
        for identity, one in found.items()
    }


def _filled(one: StoredDocument, row: Row[Any]) -> StoredDocument:
    return one._replace(
        content_hash=hash_content(row.text_hash, row.time, row.language),
        metadata_hash=hash_metadata(row.product, json.dumps(row.metadata)),
        hashed=False,
    )


def _compare(item: Feedback, document: StoredDocument) -> Change:
    if item.content_hash != document.content_hash:
        same_text = item.text_hash == document.text_hash
        # What was stored before there were versions may lack what is read of a row by now.
        return Change.METADATA if same_text and not document.hashed else Change.CONTENT
    if item.metadata_hash != document.metadata_hash:
        return Change.METADATA
    return Change.RETURNED if document.gone else Change.NOTHING
