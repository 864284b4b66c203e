"""Checks of ordinals: rows of a document are numbered from 0, and answers follow the questions."""

from __future__ import annotations

import json

from schema.results.answer import AnswerRow
from schema.verification.scope import Scope
from schema.verification.violation import Violation

#: Statements that make a table of the questions of all runs, from one parameter.
_ASKED = {
    "sqlite": """
        SELECT json_extract(value, '$[0]') AS run_id, json_extract(value, '$[1]') AS ordinal,
            json_extract(value, '$[2]') AS question
        FROM json_each(:asked)
    """,
    "postgresql": """
        SELECT CAST(value ->> 0 AS bigint) AS run_id, CAST(value ->> 1 AS integer) AS ordinal,
            value ->> 2 AS question
        FROM jsonb_array_elements(CAST(:asked AS jsonb))
    """,
}
_MISSING = """
    WITH asked AS MATERIALIZED (
        SELECT run_id, count(*) AS questions FROM ({asked}) AS every GROUP BY run_id
    ), answered AS (
        SELECT run_id, document_id, count(*) AS number FROM answers WHERE {within}
        GROUP BY run_id, document_id
    )
    SELECT a.run_id, NULL AS job_id, a.document_id
    FROM answered AS a JOIN asked ON asked.run_id = a.run_id
    WHERE a.number <> asked.questions
    ORDER BY a.run_id, a.document_id
"""
_OTHER = """
    WITH asked AS MATERIALIZED ({asked})
    SELECT DISTINCT a.run_id, NULL AS job_id, a.document_id
    FROM answers AS a JOIN asked ON asked.run_id = a.run_id AND asked.ordinal = a.ordinal
    WHERE {within} AND a.question <> asked.question
    ORDER BY a.run_id, a.document_id
"""


def check_ordinals(scope: Scope) -> list[Violation]:
    """Check analyses with several rows a document: no ordinal is missing; qa has one a question."""
    if not scope.many_rows:
        return []
    found = scope.find(
        "result rows that are not numbered 0, 1, …",
        f"""
        SELECT run_id, NULL AS job_id, document_id FROM {scope.table}
        WHERE {scope.within("run_id")}
        GROUP BY run_id, document_id HAVING min(ordinal) <> 0 OR max(ordinal) <> count(*) - 1
        """,
    )
    found += scope.find(
        "both an empty result and a result",
        f"""
        SELECT n.run_id, NULL AS job_id, n.document_id
        FROM empty_results AS n JOIN {scope.table} AS r
            ON r.run_id = n.run_id AND r.document_id = n.document_id AND r.ordinal = 0
        WHERE {scope.within("n.run_id")} AND {scope.within("r.run_id")} AND n.analysis = :analysis
        ORDER BY n.run_id, n.document_id
        """,
    )
    return found + _check_answers(scope) if scope.analysis == AnswerRow.analysis else found


def _check_answers(scope: Scope) -> list[Violation]:
    asked = json.dumps(
        [
            (run.id, ordinal, question)
            for run in scope.runs
            for ordinal, question in enumerate(run.options.questions)
        ]
    )
    table = _ASKED[scope.connection.dialect.name]
    return scope.find(
        "not one answer for each question",
        _MISSING.format(asked=table, within=scope.within("run_id")),
        asked=asked,
    ) + scope.find(
        "answer to another question than the run's",
        _OTHER.format(asked=table, within=scope.within("a.run_id")),
        asked=asked,
    )
