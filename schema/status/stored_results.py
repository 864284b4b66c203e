"""What is stored about one document: its text, and the results that count of every analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, select

from schema.results import RESULT_TABLES, OrdinalTable, Result, ResultTable
from schema.tables import DocumentRow, Model, Run

#: Documents that the error for an id that several sources have names at the most.
_SOURCES_SHOWN = 5


class UnknownDocumentError(LookupError):
    """No document has this id, or several have; the message says what to do."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's current version, as it was delivered."""

    id: int
    source: str
    external_id: str | None
    text: str
    language: str | None
    product: str | None
    rating: float | None
    rating_scale: int | None


@dataclass(frozen=True, slots=True)
class StoredResults:
    """What an analysis gave for a document.

    Attributes:
        run: The name of the run.
        model: As the catalog named it; None where none was needed.
        results: In order, none if the document names nothing.
    """

    analysis: str
    run: str
    model: str | None
    results: Sequence[Result]


def find_document(connection: Connection, name: str, source: str | None) -> StoredDocument:
    """Find a document by the id that it was delivered with, or by the one of the database.

    Args:
        connection: Open.
        name: `external_id`, or the number `id` of the table `documents`.
        source: Only of this source; None for all.

    Raises:
        UnknownDocumentError: If there is none, or if several sources have one.
    """
    columns = [getattr(DocumentRow, one.name) for one in fields(StoredDocument)]
    query = select(*columns).where(DocumentRow.replaced_at.is_(None))
    if source is not None:
        query = query.where(DocumentRow.source == source)
    given = connection.execute(
        query.where(DocumentRow.external_id == name).order_by(DocumentRow.source)
    ).all()
    if not given and name.isdecimal() and len(name) < 19:
        given = connection.execute(query.where(DocumentRow.id == int(name))).all()
    if len(given) > 1:
        sources = ", ".join(repr(row.source) for row in given[:_SOURCES_SHOWN])
        raise UnknownDocumentError(
            f"{len(given)} sources have a document {name!r}; say which with --source, one of "
            f"{sources}"
        )
    if not given:
        of_source = "" if source is None else f" of source {source!r}"
        raise UnknownDocumentError(
            f"no document{of_source} has the id {name!r}; ids are in the columns id and "
            "external_id of documents"
        )
    return StoredDocument(*given[0])


def stored_results(
    connection: Connection, document_id: int, run_id: int | None = None
) -> list[StoredResults]:
    """Read the results of a document, in the order of reports.

    Args:
        connection: Open.
        document_id: `documents.id`.
        run_id: Of this run; None for the result of each analysis that counts.
    """
    found = [
        _results_of(connection, analysis, table, document_id, run_id)
        for table in RESULT_TABLES
        for analysis in _analyses_in(connection, table, document_id)
    ]
    return [one for one in found if one is not None]


def _analyses_in(connection: Connection, table: Any, document_id: int) -> Sequence[str]:
    """The analyses whose results a table has: its own, or those of the document."""
    if not table.of_many:
        return (table.analysis,)
    names = select(table.named).where(table.document_id == document_id).distinct()
    return connection.execute(names.order_by(table.named)).scalars().all()


def _results_of(
    connection: Connection,
    analysis: str,
    table: Any,
    document_id: int,
    run_id: int | None,
) -> StoredResults | None:
    own = (table.named == analysis,) if table.of_many else ()
    counting = (
        select(table.run_id)
        .join(Run, Run.id == table.run_id)
        .where(table.document_id == document_id, *own)
        # A preferred run before all others, then the newest, as in the views.
        .order_by(Run.preferred_at.is_(None), table.run_id.desc())
        .limit(1)
    )
    names = [one.name for one in fields(table.result)]
    query = (
        select(
            Run.name.label("_run"), Model.name.label("_model"), *(_column(table, n) for n in names)
        )
        .join(Run, Run.id == table.run_id)
        .outerjoin(Model, Model.id == table.model_id)
        .where(table.document_id == document_id, *own)
        .where(table.run_id == (counting.scalar_subquery() if run_id is None else run_id))
    )
    if issubclass(table, OrdinalTable) or table.of_many:
        query = query.order_by(table.ordinal)
    rows = connection.execute(query).mappings().all()
    if not rows:
        return None
    results = [table.result(**{name: row[name] for name in names}) for row in rows]
    return StoredResults(analysis, rows[0]["_run"], rows[0]["_model"], results)


def _column(table: type[ResultTable], name: str) -> Any:
    return getattr(table, name)
