"""What the documents answer to the questions of their runs: how often what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from schema.questions import Scope
from schema.questions.examples import newest_first
from schema.questions.figures import Share
from schema.questions.scope import select_rows

#: Answers to each question that are shown, beside `(none)`, and questions.
SHOWN, QUESTIONS = 8, 5
#: Texts behind each.
TEXTS = 6
NONE = "(none)"


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An answer, whatever its case; `key` is that of its texts."""

    answer: str
    share: Share
    key: str


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """A question.

    Attributes:
        asked: Documents that were asked.
        answers: The most frequent ones that more than one document gives; else some.
        other: How many different answers are not shown, and how many documents give them.
        none: Documents that say nothing of it, or of whose answer the model is unsure.
    """

    question: str
    asked: int
    answers: list[AnswerFacts]
    other: tuple[int, Share]
    none: AnswerFacts


_ANSWERS = f"""
WITH counted AS (
    SELECT a.question, a.grouped, SUM(a.documents) AS documents
    FROM current_answers AS a
    GROUP BY a.question, a.grouped
),
ranked AS (
    SELECT c.*,
        SUM(c.documents) OVER (PARTITION BY c.question) AS asked,
        COUNT(*) OVER (PARTITION BY c.question) AS different,
        ROW_NUMBER() OVER (
            PARTITION BY c.question
            ORDER BY CASE WHEN c.grouped = '{NONE}' THEN 1 ELSE 0 END, c.documents DESC, c.grouped
        ) AS place
    FROM counted AS c
)
SELECT r.question, r.grouped, CAST(r.documents AS BIGINT) AS documents,
    CAST(r.asked AS BIGINT) AS asked, r.different
FROM ranked AS r
WHERE r.place <= {SHOWN} OR r.grouped = '{NONE}'
ORDER BY r.asked DESC, r.question, r.place
"""
_TEXTS = f"""
SELECT grouped, answer, document FROM (
    SELECT a.grouped AS grouped, a.answer AS answer, a.document_id AS document,
        ROW_NUMBER() OVER (
            PARTITION BY a.grouped ORDER BY a.score DESC, a.document_id DESC
        ) AS place
    FROM v_answers AS a
    WHERE a.question = :question AND a.grouped IN ({{names}})
        -- So that SQLite begins with the documents, which may be few.
        AND a.document_id IN (SELECT d.id FROM current_documents AS d)
) AS ranked
WHERE place <= {TEXTS}
ORDER BY place
"""


def read_answers(
    connection: Connection, scope: Scope, index: TextIndex, newest: Scope
) -> list[QuestionFacts]:
    """Read the questions, those that most documents were asked first, and some of the scope's
    newest texts.
    """
    by_question: dict[str, list[Any]] = {}
    for row in select_rows(connection, _ANSWERS, scope):
        by_question.setdefault(row.question, []).append(row)
    scopes = newest, scope
    return [
        _question(connection, scopes, index, place, rows)
        for place, rows in enumerate(list(by_question.values())[:QUESTIONS])
    ]


def _question(
    connection: Connection,
    scopes: tuple[Scope, Scope],
    index: TextIndex,
    place: int,
    rows: Sequence[Any],
) -> QuestionFacts:
    question, asked = rows[0].question, rows[0].asked
    none = sum(row.documents for row in rows if row.grouped == NONE)
    given = [row for row in rows if row.grouped != NONE]
    spelled: dict[str, str] = {}

    def read(part: Scope, wanted: Sequence[str]) -> dict[str, list[int]]:
        names = {f"answer{number}": answer for number, answer in enumerate(wanted)}
        sql = _TEXTS.format(names=", ".join(f":{name}" for name in names))
        found: dict[str, list[int]] = {}
        for grouped, answer, document in select_rows(
            connection, sql, part, question=question, **names
        ):
            found.setdefault(grouped, []).append(document)
            spelled.setdefault(grouped, answer or grouped)
        return found

    texts = newest_first(scopes, {row.grouped: min(TEXTS, row.documents) for row in rows}, read)
    how = "surest" if scopes[0] == scopes[1] else "surest of the newest"
    shown = []
    for number, row in enumerate(given):
        answer = spelled.get(row.grouped, row.grouped)
        title = f"{question} {answer}"
        ids = texts.get(row.grouped, ())
        key = index.add(f"answer{place}-{number}", title, row.documents, ids, how)
        shown.append(AnswerFacts(answer, Share.of(row.documents, asked), key))
    key = index.add(f"answer{place}-none", f"{question} {NONE}", none, texts.get(NONE, ()), "first")
    left = rows[0].different - len(rows)
    others = asked - none - sum(row.documents for row in given)
    return QuestionFacts(
        question,
        asked,
        shown,
        (left, Share.of(others, asked)),
        AnswerFacts(NONE, Share.of(none, asked), key),
    )
