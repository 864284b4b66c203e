"""Texts with the labels that people gave them, to train or to calibrate with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from schema.tables import CorrectionRow, DocumentRow


class LabelledText(NamedTuple):
    """A text and what a person says of it."""

    text: str
    label: str


def labelled_texts(
    connection: Connection, analysis: str, drawn: str | None = None
) -> Iterator[LabelledText]:
    """All texts that a person has labelled, in order of their documents; where several have, the
    last word counts.

    Args:
        connection: To read with.
        analysis: Whose labels.
        drawn: Only those drawn so, e.g. `RANDOM`.
    """
    last = (
        select(func.max(CorrectionRow.id))
        .where(CorrectionRow.analysis == analysis, CorrectionRow.superseded_at.is_(None))
        .group_by(CorrectionRow.document_id)
    )
    how = CorrectionRow.drawn == drawn
    rows = connection.execute(
        select(DocumentRow.text, CorrectionRow.label)
        .join(DocumentRow, DocumentRow.id == CorrectionRow.document_id)
        .where(CorrectionRow.id.in_(last), *([] if drawn is None else [how]))
        .order_by(CorrectionRow.document_id),
        execution_options={"yield_per": 1_000},
    )
    yield from (LabelledText(text, label) for text, label in rows)
