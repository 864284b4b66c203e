"""Checks of numbering: rows of a document count from 0, and answers follow the questions."""

from __future__ import annotations

from sqlalchemy import Executable, case, null, select

from schema.results.answer import AnswerRow
from schema.verification.scope import Scope
from schema.verification.violation import Violation


def check_ordinals(scope: Scope) -> list[Violation]:
    """For analyses that give several rows a document: no hole, and for qa one row a question."""
    if not scope.many_rows:
        return []
    found = scope.find(
        "result rows that are not numbered 0, 1, …",
        f"""
        SELECT NULL AS job_id, document_id FROM {scope.table} WHERE run_id = :run
        GROUP BY document_id HAVING min(ordinal) <> 0 OR max(ordinal) <> count(*) - 1
        """,
    )
    if scope.analysis != AnswerRow.analysis:
        return found
    return (
        found
        + scope.find(
            "not one answer for each question",
            """
            SELECT NULL AS job_id, document_id FROM answers WHERE run_id = :run
            GROUP BY document_id HAVING count(*) <> :questions
            """,
            questions=len(scope.run.options.questions),
        )
        + scope.find("answer to another question than the run's", _other_questions(scope))
    )


def _other_questions(scope: Scope) -> Executable:
    asked = dict(enumerate(scope.run.options.questions))
    expected = case(asked, value=AnswerRow.ordinal, else_=AnswerRow.question)
    return (
        select(null().label("job_id"), AnswerRow.document_id)
        .where(AnswerRow.run_id == scope.run.id, AnswerRow.question != expected)
        .distinct()
    )
