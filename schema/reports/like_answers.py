"""The report `like-answers`: answers to each question, those together that share a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from schema.insights import wilson
from schema.reports.options import ReportOptions
from schema.reports.rows import Value

DESCRIPTION = "Answers to each question, those together that share a word, with their wordings"

COLUMNS = (
    *("question", "about", "documents", "percent", "low_percent", "high_percent"),
    *("different", "wordings"),
)
NONE = "(none)"

_ANSWERS = """
SELECT a.question AS question, a.grouped AS grouped, MIN(a.spelling) AS spelling,
    SUM(a.documents) AS documents
FROM current_answers AS a
GROUP BY a.question, a.grouped
ORDER BY a.question, a.grouped
"""

Select = Callable[[str], Iterator[Any]]
Row = tuple[Value, ...]


def like_answers(select: Select, options: ReportOptions) -> Iterator[Row]:
    """The rows of each question, by documents; the share is of all that were asked.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        options: Nothing of them is needed here.
    """
    # With lists of fifteen languages, for which no other report has to wait.
    from schema.insights.like_answers import SHOWN, Answer, group_answers

    answers: dict[str, list[Answer]] = defaultdict(list)
    none: dict[str, int] = defaultdict(int)
    for row in select(_ANSWERS):
        if row.grouped == NONE:
            none[row.question] += int(row.documents)
        else:
            answers[row.question].append(Answer(row.spelling, int(row.documents)))
    for question in sorted(answers.keys() | none.keys()):
        given = answers[question]
        asked = none[question] + sum(one.documents for one in given)
        counted: list[tuple[str, int, int | None, str | None]] = [
            (
                group.about,
                group.documents,
                len(group.wordings),
                " · ".join(group.wordings[:SHOWN]) if len(group.wordings) > 1 else None,
            )
            for group in group_answers(given)
        ]
        if none[question]:
            counted.append((NONE, none[question], None, None))
        for about, documents, different, wordings in sorted(counted, key=lambda one: -one[1]):
            ends = (documents / asked, *wilson(documents, asked))
            percents = (round(100 * end, 1) for end in ends)
            yield question, about, documents, *percents, different, wordings
