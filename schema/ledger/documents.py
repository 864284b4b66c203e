"""The documents of a claimed job."""

from __future__ import annotations

from sqlalchemy import Engine, select

from schema.database import reading
from schema.document import Document
from schema.ledger.claim import Claim
from schema.tables import DocumentRow, RunDocument


def read_documents(engine: Engine, claim: Claim) -> list[Document]:
    """Read the documents of a claim's slice, in order of position; forgotten ones are not there."""
    statement = (
        select(DocumentRow.id, DocumentRow.text, DocumentRow.language)
        .join(RunDocument, RunDocument.document_id == DocumentRow.id)
        .where(
            RunDocument.run_id == claim.run_id,
            RunDocument.position >= claim.first_position,
            RunDocument.position < claim.end_position,
        )
        .order_by(RunDocument.position)
    )
    with reading(engine) as connection:
        return [Document(row.id, row.text, row.language) for row in connection.execute(statement)]
