"""What the documents answer to the questions of their runs; answers that share a word together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from schema.insights.like_answers import LikeAnswers
from schema.questions.scope import Scope, select_rows
from schema.reports.like_answers import ANSWERS, NONE, Answered, group_rows

__all__ = ["NONE", "Answered", "find_answers", "read_answered"]


def read_answered(connection: Connection, scope: Scope) -> list[Answered]:
    """The questions, those that most documents were asked first."""
    found = group_rows(select_rows(connection, ANSWERS, scope))
    return sorted(found, key=lambda one: (-one.asked, one.question))


def find_answers(connection: Connection, scope: Scope, question: str, about: str) -> Sequence[str]:
    """The keys of the answers to a question that stand together; see `v_answers.grouped`.

    Args:
        connection: Open.
        scope: Which documents.
        question: As it was asked.
        about: What their group is called; none if there is no such group.
    """
    groups: list[LikeAnswers] = next(
        (one.groups for one in read_answered(connection, scope) if one.question == question), []
    )
    found = next((group for group in groups if group.about == about), None)
    return [] if found is None else [answer.key for answer in found.answers]
