"""How models agree with what people say of the same documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from schema.corrections.subject import Subject, reviewable
from schema.intents import join_intents
from schema.questions.figures import Share
from schema.questions.scope import Scope, select_rows


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """How often an analysis says what a person says, of documents that were drawn at random; of
    intents, whether it names the same ones.

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
SELECT c.id AS correction, d.id AS id, c.label AS said, s.{label} AS label, s.unsure AS unsure
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
ORDER BY c.id DESC, s.{label}
"""


def read_label_agreement(connection: Connection, scope: Scope) -> list[LabelAgreement]:
    """Read it for each analysis of which a random part has been labelled."""
    found = []
    for analysis in reviewable(connection):
        subject = Subject(0, analysis)
        sql = _SQL.format(label=subject.label.key, table=subject.rows, analysis=analysis)
        rows = select_rows(connection, sql, scope, **_named(sql, analysis))
        if not rows:
            continue
        found.append(_agreement(subject, rows))
    return found


def _named(sql: str, analysis: str) -> dict[str, str]:
    """The parameter of an analysis that shares its table with others."""
    return {"analysis": analysis} if ":analysis" in sql else {}


def _agreement(subject: Subject, rows: Sequence[Any]) -> LabelAgreement:
    wrong, sure, total = [], 0, 0
    for _, of_one in groupby(rows, key=lambda row: row.correction):
        results = list(of_one)
        labels = [row.label for row in results if not row.unsure]
        total += 1
        sure += bool(labels)
        label = join_intents(labels) if subject.has_several else next(iter(labels), None)
        if labels and label != results[0].said:
            wrong.append(results[0].id)
    agree = Share.of(sure - len(wrong), sure)
    return LabelAgreement(subject.analysis, agree, Share.of(total - sure, total), tuple(wrong[:10]))
