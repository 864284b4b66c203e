"""All that is known of one document: its text with what was found in it, results, corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from producer.serve.documents.results import Results, read_results
from producer.serve.documents.spans import Span, Stretch, cut
from schema.corrections.subject import REVIEWABLE, Subject, known_labels
from schema.document import ORIGINAL
from schema.ledger.families import FIRST_ID
from schema.questions import Scope
from schema.questions.counts import STARS
from schema.questions.scope import select_rows
from schema.questions.themes import members
from schema.tables import AbstentionRow, CorrectionRow, DeadLetter, DocumentRow, Run
from schema.themes.sets import shown_set


@dataclass(frozen=True, slots=True)
class Labelling:
    """A label that can be corrected.

    Attributes:
        run_id: The run whose result counts.
        label: The model's, as a person may correct it; None where it has said nothing.
        labels: Those that a person may give.
        said: What people say of it: the row of each, the last word last.
    """

    analysis: str
    run_id: int
    label: str | None
    labels: Sequence[str]
    said: Sequence[Any]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document.

    Attributes:
        row: Of `v_documents`.
        stars: Its rating as stars of five.
        stretches: Its text in stretches, by what was found in it.
        translated: Its translation likewise; empty without one.
        results: Of each analysis.
        themes: Ids and names.
        failures: Dead letters, with the name of their run.
        left_alone: Abstentions likewise.
    """

    row: Any
    stars: float | None
    stretches: Sequence[Stretch]
    translated: Sequence[Stretch]
    results: Results
    labellings: Sequence[Labelling]
    themes: Sequence[tuple[int, str]]
    failures: Sequence[Any]
    left_alone: Sequence[Any]
    metadata: dict[str, Any] = field(default_factory=dict)


_DOCUMENT = f"SELECT d.*, {STARS} AS stars FROM v_documents AS d WHERE d.id = :document"


def read_document(connection: Connection, document_id: int) -> DocumentFacts | None:
    """Read a document that is current; None if there is none of this id."""
    rows = select_rows(connection, _DOCUMENT, Scope(), document=document_id)
    if not rows:
        return None
    (row,) = rows
    extra = connection.execute(select(DocumentRow.extra).where(DocumentRow.id == document_id))
    results = read_results(connection, document_id)
    spans = results.spans()
    return DocumentFacts(
        row=row,
        stars=None if row.stars is None else float(row.stars),
        stretches=cut(row.text, spans.get(ORIGINAL, ())),
        translated=cut(row.translation, _others(spans)) if row.translation else (),
        results=results,
        labellings=_labellings(connection, document_id, results),
        themes=_themes(connection, document_id),
        failures=_of_runs(connection, DeadLetter, document_id),
        left_alone=_of_runs(connection, AbstentionRow, document_id),
        metadata=extra.scalar_one() or {},
    )


def newest_version(connection: Connection, document_id: int) -> int | None:
    """The current version of a document that was replaced; None if there is none."""
    first = select(FIRST_ID).where(DocumentRow.id == document_id).scalar_subquery()
    current = select(DocumentRow.id).where(
        first == FIRST_ID, DocumentRow.replaced_at.is_(None), DocumentRow.gone_at.is_(None)
    )
    found = connection.execute(current).scalar()
    return None if found == document_id else found


def _others(spans: dict[str, list[Span]]) -> list[Span]:
    return [one for used, found in spans.items() if used != ORIGINAL for one in found]


def _labellings(connection: Connection, document_id: int, results: Results) -> list[Labelling]:
    found = []
    for analysis in REVIEWABLE:
        result = results.by_analysis.get(analysis)
        if result is None:
            continue
        subject = Subject(result.run_id, analysis)
        (row,) = result.rows
        said = connection.execute(
            select(CorrectionRow.__table__)
            .where(
                CorrectionRow.document_id == document_id,
                CorrectionRow.analysis == analysis,
                CorrectionRow.superseded_at.is_(None),
            )
            .order_by(CorrectionRow.id)
        ).all()
        label = getattr(row, subject.label.key)
        labels = known_labels(connection, subject)
        found.append(Labelling(analysis, result.run_id, label, labels, said))
    return found


def _themes(connection: Connection, document_id: int) -> list[tuple[int, str]]:
    chosen = shown_set(connection)
    if chosen is None:
        return []
    sql = f"""
        SELECT m.theme_id AS theme, t.name AS name
        FROM {members("m.document_id = :document")} AS m
        JOIN themes AS t ON t.set_id = :set_id AND t.id = m.theme_id
        ORDER BY t.name
    """
    rows = select_rows(connection, sql, Scope(), set_id=chosen.id, document=document_id)
    return [(row.theme, row.name) for row in rows]


def _of_runs(connection: Connection, table: Any, document_id: int) -> Sequence[Any]:
    named = select(table.__table__, Run.name.label("run")).join(Run, Run.id == table.run_id)
    found = named.where(table.document_id == document_id).order_by(table.run_id, table.analysis)
    return connection.execute(found).all()
