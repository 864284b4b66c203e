"""Checks of waits: a blocked job waits for another job of its documents, which is still open."""

from __future__ import annotations

import json

from schema.settings.environment import MAX_STATEMENT_IDS
from schema.tables import OPEN_STATES
from schema.verification.scope import Scope
from schema.verification.violation import Violation

#: Statements that make a table of what the analysis needs in each run, from one parameter.
_NEEDS = {
    "sqlite": """
        SELECT json_extract(value, '$[0]') AS run_id, json_extract(value, '$[1]') AS analysis
        FROM json_each(:needs)
    """,
    "postgresql": """
        SELECT CAST(value ->> 0 AS bigint) AS run_id, value ->> 1 AS analysis
        FROM jsonb_array_elements(CAST(:needs AS jsonb))
    """,
}
_FOR_NOTHING = """
    WITH needs AS MATERIALIZED ({needs})
    SELECT j.run_id, j.id AS job_id, NULL AS document_id FROM jobs AS j
    WHERE {within} AND j.analysis = :analysis AND j.state = 'blocked' AND NOT EXISTS (
        SELECT 1 FROM needs AS n JOIN jobs AS o ON o.run_id = n.run_id AND o.analysis = n.analysis
        WHERE n.run_id = j.run_id AND o.state IN ({open})
            AND o.first_position > j.first_position - {largest}
            AND o.first_position < j.end_position AND o.end_position > j.first_position
    )
    ORDER BY j.run_id, j.first_position
"""


def check_waits(scope: Scope) -> list[Violation]:
    """Check that no job is blocked when nothing is left that it waits for."""
    needs = [
        (run.id, needed)
        for run in scope.runs
        for needed in (run.needs or {}).get(scope.analysis, ())
    ]
    return scope.find(
        "blocked, but with nothing to wait for",
        _FOR_NOTHING.format(
            needs=_NEEDS[scope.connection.dialect.name],
            within=scope.within("j.run_id"),
            open=", ".join(f"'{state.value}'" for state in OPEN_STATES),
            largest=MAX_STATEMENT_IDS,
        ),
        needs=json.dumps(needs),
    )


def check_needs(scope: Scope) -> list[Violation]:
    """Check that analyses need only others of their run, and none itself, by way of others."""
    return [
        scope.violation(run, f"{analysis} needs what waits for it, or is not in the run")
        for run in scope.runs
        for analysis in run.needs or {}
        if not _ends(analysis, run.needs or {}, run.analyses, len(run.analyses))
    ]


def _ends(analysis: str, needs: dict[str, list[str]], analyses: tuple[str, ...], most: int) -> bool:
    if most < 0 or analysis not in analyses:
        return False
    return all(_ends(one, needs, analyses, most - 1) for one in needs.get(analysis, ()))
