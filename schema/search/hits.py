"""What is shown of the documents that a search has found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from schema.document import ORIGINAL
from schema.results.embedding import EmbeddingRow
from schema.results.sentiment import SentimentRow
from schema.results.translation import TranslationRow
from schema.search.filters import current_run
from schema.search.words import words_of
from schema.tables import DocumentRow

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True, slots=True)
class Clause:
    """Where in a document something was found.

    Attributes:
        run_id: Of the embeddings that have it.
        text_used: `original`, or `translation`: the text that `start` and `end` count in.
    """

    run_id: int
    start: int
    end: int
    text_used: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found.

    Attributes:
        document_id: `documents.id`.
        clause: The words that match best.
        start: Where they begin, in characters of the text, or of the translation.
        end: Where they end.
        polarity: None where nobody is sure.
    """

    document_id: int
    external_id: str | None
    source: str
    time: datetime | None
    product: str | None
    polarity: str | None
    score: float
    clause: str
    start: int
    end: int
    text_used: str = ORIGINAL


def find_hits(
    connection: Connection,
    query: str,
    ranked: Sequence[tuple[int, float]],
    clauses: Mapping[int, Clause],
    run_id: int | None = None,
) -> list[Hit]:
    """Read what is shown of documents, in their order; those that are gone since are left out.

    Args:
        connection: Open.
        query: What was searched for.
        ranked: Documents with their scores.
        clauses: By document, the clause that was found by its meaning.
        run_id: Whose sentiment is shown; None for the newest.
    """
    rows = _rows(connection, [document_id for document_id, _ in ranked], run_id)
    hits = []
    for document_id, score in ranked:
        if (row := rows.get(document_id)) is None:
            continue
        clause = clauses.get(document_id) or _by_words(connection, row, query)
        text = _text(connection, row, clause)
        hits.append(
            Hit(
                document_id=document_id,
                external_id=row.external_id,
                source=row.source,
                time=row.time,
                product=row.product,
                polarity=None if row.unsure else row.polarity,
                score=score,
                clause=text[clause.start : clause.end],
                start=clause.start,
                end=clause.end,
                text_used=clause.text_used,
            )
        )
    return hits


def _rows(connection: Connection, ids: Sequence[int], run_id: int | None) -> dict[int, Any]:
    shown = ("id", "external_id", "source", "time", "product", "text")
    sentiment = (SentimentRow.document_id == DocumentRow.id) & (
        SentimentRow.run_id == current_run(SentimentRow, run_id)
    )
    statement = (
        select(
            *(getattr(DocumentRow, name) for name in shown),
            SentimentRow.polarity,
            SentimentRow.unsure,
        )
        .outerjoin(SentimentRow, sentiment)
        .where(DocumentRow.id.in_(ids))
    )
    return {row.id: row for row in connection.execute(statement)}


def _text(connection: Connection, row: Any, clause: Clause) -> str:
    if clause.text_used == ORIGINAL:
        return str(row.text)
    found = connection.execute(
        select(TranslationRow.translation).where(
            TranslationRow.run_id == clause.run_id, TranslationRow.document_id == row.id
        )
    ).scalar_one_or_none()
    return found or ""


def _by_words(connection: Connection, row: Any, query: str) -> Clause:
    """The clause with most words of the query; a sentence, where there are no clauses."""
    newest = (
        select(func.max(EmbeddingRow.run_id))
        .where(EmbeddingRow.document_id == row.id)
        .scalar_subquery()
    )
    stored = connection.execute(
        select(EmbeddingRow.run_id, EmbeddingRow.start, EmbeddingRow.end, EmbeddingRow.text_used)
        .where(EmbeddingRow.document_id == row.id, EmbeddingRow.run_id == newest)
        .order_by(EmbeddingRow.ordinal)
    ).all()
    clauses = [Clause(*one) for one in stored if one.text_used == ORIGINAL]
    if not clauses:
        spans = [match.span() for match in _SENTENCE.finditer(row.text)] or [(0, len(row.text))]
        clauses = [Clause(0, *_stripped(row.text, *span), ORIGINAL) for span in spans]
    wanted = set(words_of(query))

    def matching(clause: Clause) -> int:
        return len(wanted.intersection(words_of(row.text[clause.start : clause.end])))

    return max(clauses, key=matching)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
