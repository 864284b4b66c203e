"""The report `like-answers`: answers to each question, those together that share a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema.insights import wilson
from schema.reports.options import ReportOptions
from schema.reports.rows import Value

if TYPE_CHECKING:
    from schema.insights.like_answers import LikeAnswers

DESCRIPTION = "Answers to each question, those together that share a word, with their wordings"

COLUMNS = (
    *("question", "about", "documents", "percent", "low_percent", "high_percent"),
    *("different", "wordings"),
)
#: The answer that says nothing; see `v_answers.grouped`.
NONE = "(none)"
#: Answers to a question that are looked at; as many as `group_answers` takes.
_MOST = 20_000

#: Answers by question, those of most documents first; of rare ones no more than can be looked at.
ANSWERS = f"""
WITH counted AS (
    SELECT a.question, a.grouped, MIN(a.spelling) AS spelling, SUM(a.documents) AS documents
    FROM current_answers AS a
    GROUP BY a.question, a.grouped
),
ranked AS (
    SELECT c.*,
        SUM(c.documents) OVER (PARTITION BY c.question) AS asked,
        ROW_NUMBER() OVER (
            PARTITION BY c.question
            ORDER BY CASE WHEN c.grouped = '{NONE}' THEN 0 ELSE 1 END, c.documents DESC, c.grouped
        ) AS place
    FROM counted AS c
)
SELECT r.question AS question, r.grouped AS grouped, r.spelling AS spelling,
    CAST(r.documents AS BIGINT) AS documents, CAST(r.asked AS BIGINT) AS asked
FROM ranked AS r
WHERE r.place <= {_MOST + 1}
ORDER BY r.question, r.place
"""

Select = Callable[[str], Iterator[Any]]
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the documents answer to a question.

    Attributes:
        asked: Documents that were asked.
        none: Documents that say nothing of it, or of whose answer the model is unsure.
        groups: Answers that share a word, those of most documents first.
    """

    question: str
    asked: int
    none: int
    groups: list[LikeAnswers]


def group_rows(rows: Iterable[Any]) -> list[Answered]:
    """The questions, by name, of rows of `ANSWERS`."""
    # With lists of fifteen languages, for which no other report has to wait.
    from schema.insights.like_answers import Answer, group_answers

    by_question: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_question[row.question].append(row)
    return [
        Answered(
            question,
            given[0].asked,
            sum(row.documents for row in given if row.grouped == NONE),
            group_answers(
                Answer(row.spelling, row.documents, row.grouped)
                for row in given
                if row.grouped != NONE
            ),
        )
        for question, given in by_question.items()
    ]


def like_answers(select: Select, options: ReportOptions) -> Iterator[Row]:
    """The rows of each question, by documents; the share is of all that were asked.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        options: Nothing of them is needed here.
    """
    from schema.insights.like_answers import SHOWN

    for one in group_rows(select(ANSWERS)):
        counted: list[tuple[str, int, int | None, str | None]] = [
            (
                group.about,
                group.documents,
                len(group.answers),
                " · ".join(group.wordings[:SHOWN]) if len(group.answers) > 1 else None,
            )
            for group in one.groups
        ]
        if one.none:
            counted.append((NONE, one.none, None, None))
        for about, documents, different, wordings in sorted(counted, key=lambda row: -row[1]):
            ends = (documents / one.asked, *wilson(documents, one.asked))
            percents = (round(100 * end, 1) for end in ends)
            yield one.question, about, documents, *percents, different, wordings
