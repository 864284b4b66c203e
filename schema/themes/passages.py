"""The texts behind a theme: its clauses, those nearest to its centre first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select

from schema.document import ORIGINAL
from schema.results.embedding import EmbeddingRow
from schema.results.sentiment import SentimentRow
from schema.results.translation import TranslationRow
from schema.tables import DocumentRow, DocumentTheme, Theme, ThemeKind
from schema.themes.scope import ThemeScope
from schema.themes.summary import newest_sentiment


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause, or a whole document where there are no clauses.

    Attributes:
        similarity: The cosine with the theme's centre.
        polarity: What sentiment called the document; None if it is unsure or there is none.
    """

    document_id: int
    source: str
    external_id: str | None
    ordinal: int
    time: datetime | None
    similarity: float
    polarity: str | None
    text: str


def read_passages(
    connection: Connection,
    theme: Any,
    scope: ThemeScope,
    limit: int | None,
    polarity: str | None = None,
    among: Collection[int] | None = None,
) -> list[Passage]:
    """Read the clauses of a theme, of a broad one, or of a topic.

    Args:
        connection: To read with.
        theme: Its row of `themes`.
        scope: That of its set.
        limit: How many at the most; None for all.
        polarity: Only of documents that sentiment called so.
        among: Only of documents with these ids.
    """
    chosen = select(DocumentTheme.document_id, DocumentTheme.ordinal, DocumentTheme.similarity)
    chosen = chosen.where(DocumentTheme.set_id == theme.set_id, _belongs(theme))
    if polarity is not None:
        chosen = chosen.join(SentimentRow, _sentiment(DocumentTheme.document_id))
        chosen = chosen.where(SentimentRow.polarity == polarity)
    if among is not None:
        chosen = chosen.where(DocumentTheme.document_id.in_(among))
    # First which, then what they say: a large theme has hundreds of times as many.
    order = DocumentTheme.similarity.desc(), DocumentTheme.document_id, DocumentTheme.ordinal
    clauses = chosen.order_by(*order).limit(limit).subquery().c
    statement = _passages(scope, clauses).order_by(
        clauses.similarity.desc(), clauses.document_id, clauses.ordinal
    )
    return [_passage(row) for row in connection.execute(statement)]


def _sentiment(document_id: Any) -> Any:
    """The condition on `sentiments`: how sentiment called a document."""
    return and_(SentimentRow.document_id == document_id, *newest_sentiment())


def _passages(scope: ThemeScope, clauses: Any) -> Any:
    """Some clauses, their texts, and how sentiment called their documents."""
    newer = EmbeddingRow.__table__.alias("newer_embeddings")
    embedding = and_(
        EmbeddingRow.document_id == clauses.document_id,
        EmbeddingRow.ordinal == clauses.ordinal,
        scope.of_runs(EmbeddingRow.run_id),
        ~exists().where(
            newer.c.document_id == EmbeddingRow.document_id,
            newer.c.run_id > EmbeddingRow.run_id,
            scope.of_runs(newer.c.run_id),
        ),
    )
    return (
        select(
            clauses.document_id,
            clauses.ordinal,
            clauses.similarity,
            DocumentRow.source,
            DocumentRow.external_id,
            DocumentRow.time,
            DocumentRow.text,
            EmbeddingRow.start,
            EmbeddingRow.end,
            EmbeddingRow.text_used,
            TranslationRow.translation,
            SentimentRow.polarity,
        )
        .join(DocumentRow, DocumentRow.id == clauses.document_id)
        .outerjoin(SentimentRow, _sentiment(clauses.document_id))
        .outerjoin(EmbeddingRow, embedding)
        .outerjoin(
            TranslationRow,
            and_(
                TranslationRow.document_id == EmbeddingRow.document_id,
                TranslationRow.run_id == EmbeddingRow.run_id,
            ),
        )
    )


def _belongs(theme: Any) -> Any:
    """The condition on `document_themes`."""
    if theme.kind == ThemeKind.TOPIC:
        return DocumentTheme.topic_id == theme.id
    counted = Theme.broad_id if theme.kind == ThemeKind.BROAD else Theme.merged_into
    ids = select(Theme.id).where(
        Theme.set_id == theme.set_id, or_(Theme.id == theme.id, counted == theme.id)
    )
    return DocumentTheme.theme_id.in_(ids)


def _passage(row: Any) -> Passage:
    text = row.text
    if row.start is not None:
        read = text if row.text_used == ORIGINAL else row.translation or text
        text = read[row.start : row.end]
    return Passage(
        row.document_id,
        row.source,
        row.external_id,
        row.ordinal,
        row.time,
        row.similarity,
        row.polarity,
        text,
    )
