"""Reading clauses with their vectors, or whole documents where there are none, block by block."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, exists, select

from schema.database import reading
from schema.document import ORIGINAL
from schema.insights.courtesies import is_courtesy
from schema.insights.verdicts import is_verdict
from schema.results.embedding import EmbeddingRow
from schema.results.translation import TranslationRow
from schema.tables import DocumentRow, DocumentTheme, Model, RunDocument
from schema.themes.scope import ThemeScope

#: Documents that are read at once; with four clauses each, some 10 MB.
BLOCK = 2_000


@dataclass(slots=True)
class ClauseBlock:
    """Clauses of some documents, in the order of (document, ordinal).

    Attributes:
        documents: Text by id of all documents of the block.
        owners: The document's id, for each clause.
        ordinals: Its number in the document, …
        texts: … its own text, …
        vectors: … and its vector in half precision; empty where there are none.
    """

    documents: dict[int, str]
    owners: list[int] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    vectors: list[bytes] = field(default_factory=list)

    def telling(self, among: Iterable[bool]) -> list[bool]:
        """Of each clause whether it tells something; not, where `among` says that nobody asks."""
        return [
            asked and tells_something(text) for text, asked in zip(self.texts, among, strict=True)
        ]


def tells_something(clause: str) -> bool:
    """Whether a clause says more than greetings, thanks and closings do, and more than how good or
    bad something is.
    """
    return not (is_courtesy(clause) or is_verdict(clause))


@dataclass(frozen=True, slots=True)
class ClauseSource:
    """What is read: `model` is that of the vectors (see `newest_model`), None for documents."""

    scope: ThemeScope
    model: str | None

    def documents(self) -> Any:
        """Ids and texts of the documents that have something to be read."""
        conditions = self.scope.of_documents()
        if self.model is None:
            some = exists().where(
                RunDocument.document_id == DocumentRow.id, self.scope.of_runs(RunDocument.run_id)
            )
        else:
            some = exists().where(EmbeddingRow.document_id == DocumentRow.id, *self.rows())
        return select(DocumentRow.id, DocumentRow.text).where(some, *conditions)

    def rows(self) -> list[Any]:
        """The conditions on embeddings: those of runs of the scope, by this model."""
        models = select(Model.id).where(model_label() == self.model)
        return [self.scope.of_runs(EmbeddingRow.run_id), EmbeddingRow.model_id.in_(models)]


def model_label() -> Any:
    """A model as `theme_sets.model` has it."""
    return Model.name + "@" + Model.revision


def newest_model(connection: Connection, scope: ThemeScope) -> str | None:
    """The model of the newest run's embeddings; None where there are none."""
    statement = (
        select(model_label())
        .join(EmbeddingRow, EmbeddingRow.model_id == Model.id)
        .where(scope.of_runs(EmbeddingRow.run_id))
        .order_by(EmbeddingRow.run_id.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar_one_or_none()


def read_clauses(
    engine: Engine,
    source: ClauseSource,
    missing_in: int | None = None,
    among: tuple[int, int] | None = None,
) -> Iterator[ClauseBlock]:
    """Read all clauses, each document's of the newest run that has any, by rising ids.

    Args:
        engine: The database.
        source: Which.
        missing_in: Only of documents that have no row in this set of themes.
        among: Only of documents whose ids are in this range, both ends included.
    """
    find = source.documents().order_by(DocumentRow.id).limit(BLOCK)
    if missing_in is not None:
        find = find.where(
            ~exists().where(
                DocumentTheme.set_id == missing_in, DocumentTheme.document_id == DocumentRow.id
            )
        )
    last = 0
    if among is not None:
        last = among[0] - 1
        find = find.where(DocumentRow.id <= among[1])
    while True:
        with reading(engine) as connection:
            found = connection.execute(find.where(DocumentRow.id > last)).all()
            if not found:
                return
            block = ClauseBlock({row.id: row.text for row in found})
            if source.model is None:
                _add_documents(block)
            else:
                _add_clauses(connection, source, block, (last + 1, found[-1].id))
        last = found[-1].id
        yield block


def _add_documents(block: ClauseBlock) -> None:
    block.owners = list(block.documents)
    block.ordinals = [0] * len(block.owners)
    block.texts = list(block.documents.values())


def _add_clauses(
    connection: Connection, source: ClauseSource, block: ClauseBlock, ids: tuple[int, int]
) -> None:
    """Add the clauses of a block whose ids are in a range, from the newest run of each document."""
    table = EmbeddingRow.__table__.c
    statement = (
        select(
            table.document_id,
            table.run_id,
            table.ordinal,
            table.start,
            table.end,
            table.text_used,
            table.vector,
        )
        .where(table.document_id.between(*ids), *source.rows())
        .order_by(table.document_id, table.run_id.desc(), table.ordinal)
    )
    chosen = list(_of_newest_runs(_plain_rows(connection, statement), block.documents))
    translated = _translations(
        connection, [(run, document) for document, run, *_, used, _ in chosen if used != ORIGINAL]
    )
    for document, run, ordinal, start, end, _, vector in chosen:
        text = translated.get((run, document)) or block.documents[document]
        block.owners.append(document)
        block.ordinals.append(ordinal)
        block.texts.append(text[start:end])
        block.vectors.append(vector)


def _plain_rows(connection: Connection, statement: Any) -> list[tuple[Any, ...]]:
    """The driver's own rows: SQLAlchemy's cost more than reading millions of them."""
    with connection.execute(statement) as found:
        rows: Any = found.cursor
        return list(rows.fetchall())


def _of_newest_runs(
    rows: Iterable[tuple[Any, ...]], documents: Container[int]
) -> Iterator[tuple[Any, ...]]:
    """Of rows that begin with a document and a run, in their order, those of some documents, each
    of the first run that comes.
    """
    current, newest, wanted = None, None, False
    for row in rows:
        if row[0] != current:
            current, newest, wanted = row[0], row[1], row[0] in documents
        if wanted and row[1] == newest:
            yield row


def _translations(
    connection: Connection, wanted: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], str]:
    """By run and document, for clauses that are cut from them.

    Args:
        connection: Open.
        wanted: Runs and documents, in any number.
    """
    if not wanted:
        return {}
    statement = select(
        TranslationRow.run_id, TranslationRow.document_id, TranslationRow.translation
    ).where(
        TranslationRow.document_id.in_({document for _, document in wanted}),
        TranslationRow.run_id.in_({run for run, _ in wanted}),
    )
    return {(run, document): text for run, document, text in connection.execute(statement)}
