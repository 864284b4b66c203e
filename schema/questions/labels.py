"""How models agree with what people say of the same documents."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from schema.questions.figures import Share
from schema.questions.scope import Scope, select_rows
from schema.results import RESULT_TABLES
from schema.results.base import LabelTable
from schema.results.sentiment import SentimentRow


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """How often an analysis says what a person says, of documents that were drawn at random.

    Attributes:
        agree: Of those of which the model is sure.
        unsure: Of all that a person labelled those of which it is not.
        disagreeing: Ids of some where they differ.
    """

    analysis: str
    agree: Share
    unsure: Share
    disagreeing: tuple[int, ...]


#: Of several people the last word counts; the model's is that of the run that it was drawn from.
_SQL = """
SELECT d.id AS id, c.label AS said, {label} AS label, s.unsure AS unsure
FROM corrections AS c
JOIN {table} AS s ON s.run_id = c.run_id AND s.document_id = c.document_id
JOIN current_documents AS d ON d.id = c.document_id
WHERE c.analysis = '{analysis}' AND c.drawn = 'random' AND c.superseded_at IS NULL
  AND (:run_id IS NULL OR c.run_id = :run_id)
  AND NOT EXISTS (
      SELECT 1 FROM corrections AS later
      WHERE later.run_id = c.run_id AND later.analysis = c.analysis
        AND later.document_id = c.document_id AND later.superseded_at IS NULL
        AND later.id > c.id)
ORDER BY c.id DESC
"""


def read_label_agreement(connection: Connection, scope: Scope) -> list[LabelAgreement]:
    """Read it for each analysis of which a random part has been labelled."""
    found = []
    for table in RESULT_TABLES:
        if not issubclass(table, LabelTable):
            continue
        label = "s.polarity" if table is SentimentRow else "s.label"
        name = table.__tablename__  # type: ignore[attr-defined]
        sql = _SQL.format(label=label, table=name, analysis=table.analysis)
        rows = select_rows(connection, sql, scope)
        if not rows:
            continue
        sure = [row for row in rows if not row.unsure]
        wrong = [row.id for row in sure if row.said != row.label]
        agree = Share.of(len(sure) - len(wrong), len(sure))
        unsure = Share.of(len(rows) - len(sure), len(rows))
        found.append(LabelAgreement(table.analysis, agree, unsure, tuple(wrong[:10])))
    return found
