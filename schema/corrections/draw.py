"""Which documents a person is asked to look at: a random part of a run, and what the model was
least sure of.

Shares may be made of the random part alone. It is drawn by a hash of the document's id, so the same
command draws the same documents until they are labelled, and then goes on with others.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from schema.corrections.subject import Subject
from schema.intents import join_intents
from schema.tables import LEAST_CERTAIN, RANDOM, CorrectionRow, DocumentRow

#: Documents that one statement asks for.
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document to be looked at.

    Attributes:
        document_id: Its id.
        drawn: `RANDOM` or `LEAST_CERTAIN`.
        text: What the customer wrote.
        label: What the model has said, intents with commas between; None where that means nothing.
    """

    document_id: int
    drawn: str
    text: str
    label: str | None


def draw(connection: Connection, subject: Subject, sample: int, least_certain: int) -> list[Drawn]:
    """Choose documents that have a result.

    Args:
        connection: To read with.
        subject: Of which run and analysis.
        sample: How many at random, those left out that were drawn at random before and labelled.
        least_certain: How many more of which the model was least sure, those left out that anybody
            has labelled.

    Returns:
        Those drawn at random first, in random order.
    """
    table = subject.table
    current = (
        select(table.document_id)
        .join(DocumentRow, DocumentRow.id == table.document_id)
        .where(
            table.run_id == subject.run_id,
            subject.is_first,
            DocumentRow.replaced_at.is_(None),
            DocumentRow.gone_at.is_(None),
        )
    )
    at_random = _labelled(connection, subject, RANDOM)
    found = connection.execute(current, execution_options={"yield_per": 10_000}).scalars()
    others = (one for one in found if one not in at_random)
    chosen = heapq.nsmallest(sample, others, key=lambda one: _order(subject, one))
    known = {*chosen, *at_random, *_labelled(connection, subject, LEAST_CERTAIN)}
    unsure = connection.execute(
        current.order_by(table.unsure.desc(), table.score, table.document_id),
        execution_options={"yield_per": 1_000},
    ).scalars()
    more: list[int] = []
    for one in unsure if least_certain else ():
        if one not in known:
            more.append(one)
        if len(more) == least_certain:
            break
    return [
        *_read(connection, subject, chosen, RANDOM),
        *_read(connection, subject, more, LEAST_CERTAIN),
    ]


def _labelled(connection: Connection, subject: Subject, drawn: str) -> set[int]:
    found = select(CorrectionRow.document_id).where(
        CorrectionRow.run_id == subject.run_id,
        CorrectionRow.analysis == subject.analysis,
        CorrectionRow.drawn == drawn,
    )
    return set(connection.execute(found).scalars())


def _order(subject: Subject, document_id: int) -> bytes:
    key = f"{subject.run_id} {subject.analysis} {document_id}"
    return blake2b(key.encode(), digest_size=8).digest()


def _read(connection: Connection, subject: Subject, ids: Sequence[int], drawn: str) -> list[Drawn]:
    table, found = subject.table, {}
    for start in range(0, len(ids), _BLOCK):
        rows = connection.execute(
            select(table.document_id, DocumentRow.text, subject.label, table.unsure)
            .join(DocumentRow, DocumentRow.id == table.document_id)
            .where(
                table.run_id == subject.run_id,
                table.document_id.in_(ids[start : start + _BLOCK]),
            )
        )
        for one, of_one in groupby(sorted(rows, key=_document), key=_document):
            said = list(of_one)
            label = _label(subject, [(row[2], row[3]) for row in said])
            found[one] = Drawn(one, drawn, said[0][1], label)
    return [found[one] for one in ids if one in found]


def _document(row: Sequence[Any]) -> int:
    return int(row[0])


def _label(subject: Subject, said: Sequence[tuple[str | None, bool]]) -> str | None:
    if not subject.has_several:
        return said[0][0]
    sure = [label for label, unsure in said if label is not None and not unsure]
    return join_intents(sure) if sure else None
