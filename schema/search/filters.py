"""Filters of a search: which documents are looked at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, DocumentTheme, RunDocument, Theme


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What documents have to be; None for whatever they are.

    Attributes:
        polarity: Of the newest sentiment that is not unsure, or of the run's.
        since: The first moment.
        until: The first moment that is no longer meant.
        run_id: In this run.
        theme_id: With a clause in this theme, or one that is part of it; a topic likewise.
        theme_set_id: The set of themes that it is in.
    """

    product: str | None = None
    polarity: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    run_id: int | None = None
    theme_id: int | None = None
    theme_set_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every document is meant."""
        return self == SearchFilters()


@dataclass(frozen=True, slots=True)
class Selection:
    """Documents that are looked at: all that are current, or some of them.

    Attributes:
        ids: Of those documents; where all are looked at, of the few that are not.
        inverted: Whether all but these are meant.
    """

    ids: Collection[int]
    inverted: bool

    def __contains__(self, document_id: int) -> bool:
        return (document_id in self.ids) != self.inverted


def select_documents(connection: Connection, filters: SearchFilters) -> Selection:
    """Find the documents that are meant. Versions that were replaced, and what is gone, never are.

    Args:
        connection: Open.
        filters: What is asked for.
    """
    if filters.is_empty:
        past = or_(DocumentRow.replaced_at.is_not(None), DocumentRow.gone_at.is_not(None))
        return Selection(_ids(connection, select(DocumentRow.id).where(past)), inverted=True)
    return Selection(_ids(connection, _statement(filters)), inverted=False)


def _ids(connection: Connection, statement: Any) -> frozenset[int]:
    return frozenset(connection.execute(statement).scalars())


def _statement(filters: SearchFilters) -> Any:
    statement = select(DocumentRow.id).where(
        DocumentRow.replaced_at.is_(None), DocumentRow.gone_at.is_(None)
    )
    if filters.product is not None:
        statement = statement.where(DocumentRow.product == filters.product)
    if filters.since is not None:
        statement = statement.where(DocumentRow.time >= filters.since)
    if filters.until is not None:
        statement = statement.where(DocumentRow.time < filters.until)
    if filters.run_id is not None:
        in_run = select(RunDocument.document_id).where(RunDocument.run_id == filters.run_id)
        statement = statement.where(DocumentRow.id.in_(in_run))
    if filters.theme_id is not None:
        statement = statement.where(DocumentRow.id.in_(_of_theme(filters)))
    if filters.polarity is not None:
        statement = statement.join(SentimentRow, SentimentRow.document_id == DocumentRow.id).where(
            SentimentRow.polarity == filters.polarity,
            ~SentimentRow.unsure,
            SentimentRow.run_id == current_run(SentimentRow, filters.run_id),
        )
    return statement


def _of_theme(filters: SearchFilters) -> Any:
    """The ids of a theme's documents."""
    theme = filters.theme_id
    parts = select(Theme.id).where(
        Theme.set_id == filters.theme_set_id,
        or_(Theme.id == theme, Theme.merged_into == theme, Theme.broad_id == theme),
    )
    return select(DocumentTheme.document_id).where(
        DocumentTheme.set_id == filters.theme_set_id,
        or_(DocumentTheme.theme_id.in_(parts), DocumentTheme.topic_id == theme),
    )


def current_run(table: Any, run_id: int | None) -> Any:
    """The run whose results of a document count: the one asked for, or the newest that has any.

    Args:
        table: Of results, selected from beside `document_versions`.
        run_id: Of one run; None for the newest.
    """
    if run_id is not None:
        return run_id
    newest = table.__table__.alias()
    return (
        select(func.max(newest.c.run_id))
        .where(newest.c.document_id == DocumentRow.id)
        .correlate(DocumentRow)
        .scalar_subquery()
    )
