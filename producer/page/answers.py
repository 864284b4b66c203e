"""What the documents answer to the questions of their runs: how often what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from schema.questions import Scope
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


_ANSWERS = """
SELECT a.question, a.grouped, COUNT(*) AS documents, MIN(a.answer) AS spelled
FROM v_answers AS a
GROUP BY a.question, a.grouped
ORDER BY a.question, documents DESC, a.grouped
"""
_TEXTS = f"""
SELECT question, grouped, document FROM (
    SELECT a.question AS question, a.grouped AS grouped, a.document_id AS document,
        ROW_NUMBER() OVER (
            PARTITION BY a.question, a.grouped ORDER BY a.score DESC, a.document_id DESC
        ) AS place
    FROM v_answers AS a
    WHERE {{wanted}}
) AS ranked
WHERE place <= {TEXTS}
ORDER BY place
"""


def read_answers(connection: Connection, scope: Scope, index: TextIndex) -> list[QuestionFacts]:
    """Read the questions, those that most documents were asked first."""
    by_question: dict[str, list[tuple[str, int, str]]] = {}
    for question, grouped, documents, spelled in select_rows(connection, _ANSWERS, scope):
        by_question.setdefault(question, []).append((grouped, documents, spelled or grouped))
    chosen = sorted(by_question, key=lambda one: -sum(row[1] for row in by_question[one]))
    return [
        _question(connection, scope, index, (place, question), by_question[question])
        for place, question in enumerate(chosen[:QUESTIONS])
    ]


def _question(
    connection: Connection,
    scope: Scope,
    index: TextIndex,
    which: tuple[int, str],
    rows: list[tuple[str, int, str]],
) -> QuestionFacts:
    place, question = which
    asked = sum(documents for _, documents, _ in rows)
    none = next((documents for grouped, documents, _ in rows if grouped == NONE), 0)
    given = [row for row in rows if row[0] != NONE]
    texts = _texts(connection, scope, question, [*(row[0] for row in given[:SHOWN]), NONE])
    shown = []
    for number, (grouped, documents, spelled) in enumerate(given[:SHOWN]):
        ids = texts.get(grouped, [])
        key = index.add(
            f"answer{place}-{number}", f"{question} {spelled}", documents, ids, "surest"
        )
        shown.append(AnswerFacts(spelled, Share.of(documents, asked), key))
    key = index.add(f"answer{place}-none", f"{question} {NONE}", none, texts.get(NONE, []), "first")
    left = given[SHOWN:]
    other = (len(left), Share.of(sum(row[1] for row in left), asked))
    return QuestionFacts(
        question, asked, shown, other, AnswerFacts(NONE, Share.of(none, asked), key)
    )


def _texts(
    connection: Connection, scope: Scope, question: str, answers: list[str]
) -> dict[str, list[int]]:
    names = {f"answer{place}": answer for place, answer in enumerate(answers)}
    wanted = f"a.question = :question AND a.grouped IN ({', '.join(f':{name}' for name in names)})"
    found: dict[str, list[int]] = {}
    sql = _TEXTS.format(wanted=wanted)
    for _, grouped, document in select_rows(connection, sql, scope, question=question, **names):
        found.setdefault(grouped, []).append(document)
    return found
