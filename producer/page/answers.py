"""What the documents answer to the questions of their runs, and how often: alike ones together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from schema.insights.like_answers import SHOWN as WORDINGS
from schema.insights.like_answers import LikeAnswers
from schema.questions import Scope
from schema.questions.answers import NONE, Answered, read_answered
from schema.questions.examples import newest_first
from schema.questions.figures import Share
from schema.questions.scope import select_rows

#: Answers to each question that are shown, beside `(none)`, and questions.
SHOWN, QUESTIONS = 8, 5
#: Texts behind each, and wordings of an answer whose texts are looked for.
TEXTS, LOOKED_FOR = 6, 12


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """Answers that share a word; `key` is that of their texts.

    Attributes:
        answer: The word; of one wording alone, whatever its case, the wording.
        wordings: Some of them, where there are several.
    """

    answer: str
    wordings: Sequence[str]
    share: Share
    key: str


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """A question.

    Attributes:
        asked: Documents that were asked.
        answers: Those that most documents give.
        other: How many different answers are not shown, and how many documents give them.
        none: Documents that say nothing of it, or of whose answer the model is unsure.
    """

    question: str
    asked: int
    answers: list[AnswerFacts]
    other: tuple[int, Share]
    none: AnswerFacts


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
ORDER BY place, grouped
"""


def read_answers(
    connection: Connection, scope: Scope, index: TextIndex, newest: Scope
) -> list[QuestionFacts]:
    """Read the questions, those that most documents were asked first, and some of the scope's
    newest texts.
    """
    return [
        _question(connection, (newest, scope), index, place, one)
        for place, one in enumerate(read_answered(connection, scope)[:QUESTIONS])
    ]


def _question(
    connection: Connection,
    scopes: tuple[Scope, Scope],
    index: TextIndex,
    place: int,
    answered: Answered,
) -> QuestionFacts:
    question, asked = answered.question, answered.asked
    shown = answered.groups[:SHOWN]
    texts, spelled = _texts(connection, scopes, answered, shown)
    how = "surest" if scopes[0] == scopes[1] else "surest of the newest"
    facts = []
    for number, group in enumerate(shown):
        said = [spelled.get(one.key, one.wording) for one in group.answers[:WORDINGS]]
        # What stands alone is called as it was said.
        about, wordings = (group.about, said) if len(group.answers) > 1 else (said[0], ())
        title = f"{question} {about}"
        key = index.add(f"answer{place}-{number}", title, group.documents, texts[number], how)
        facts.append(AnswerFacts(about, wordings, Share.of(group.documents, asked), key))
    none = answered.none
    key = index.add(f"answer{place}-none", f"{question} {NONE}", none, texts[-1], "first")
    others = asked - none - sum(group.documents for group in shown)
    return QuestionFacts(
        question,
        asked,
        facts,
        (len(answered.groups) - len(shown), Share.of(others, asked)),
        AnswerFacts(NONE, (), Share.of(none, asked), key),
    )


def _texts(
    connection: Connection,
    scopes: tuple[Scope, Scope],
    answered: Answered,
    shown: Sequence[LikeAnswers],
) -> tuple[list[list[int]], dict[str, str]]:
    """Documents of each answer, and last those of none; and how answers are said, by their keys."""
    spelled: dict[str, str] = {}
    groups = [{one.key: one.documents for one in group.answers[:LOOKED_FOR]} for group in shown]
    groups.append({NONE: answered.none})

    def read(part: Scope, wanted: Sequence[str]) -> dict[str, list[int]]:
        names = {f"answer{number}": answer for number, answer in enumerate(wanted)}
        sql = _TEXTS.format(names=", ".join(f":{name}" for name in names))
        found: dict[str, list[int]] = {}
        for grouped, answer, document in select_rows(
            connection, sql, part, question=answered.question, **names
        ):
            found.setdefault(grouped, []).append(document)
            spelled.setdefault(grouped, answer or grouped)
        return found

    wanted = {key: min(TEXTS, n) for group in groups for key, n in group.items() if n}
    texts = newest_first(scopes, wanted, read)
    ids = [[one for key in group for one in texts.get(key, ())][:TEXTS] for group in groups]
    return ids, spelled
