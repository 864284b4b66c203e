"""Checks of outcomes: each document of a closed job has exactly one, all others have none."""

from __future__ import annotations

from dataclasses import dataclass

from schema.tables import JobState
from schema.verification.scope import Scope
from schema.verification.violation import Violation

# Each database would look through all jobs for each document, were it not told to begin with jobs:
# SQLite keeps to the order of CROSS JOIN, and PostgreSQL to that of LATERAL with OFFSET.
_SLICE = {
    "sqlite": "run_documents AS d",
    "postgresql": """LATERAL (
        SELECT run_id, document_id, position FROM run_documents
        WHERE run_id = j.run_id AND position >= j.first_position AND position < j.end_position
        OFFSET 0
    ) AS d""",
}
_DOCUMENTS = """
    FROM jobs AS j
    CROSS JOIN {slice}
    LEFT JOIN {table} AS r ON r.run_id = d.run_id AND r.document_id = d.document_id {first}
    LEFT JOIN dead_letters AS l
        ON l.run_id = d.run_id AND l.document_id = d.document_id AND l.analysis = j.analysis
    WHERE j.run_id = :run AND j.analysis = :analysis AND j.state = :state
        AND d.run_id = :run AND d.position >= j.first_position AND d.position < j.end_position
"""
_NO_RESULT, _RESULT = "r.document_id IS NULL", "r.document_id IS NOT NULL"
_NO_LETTER, _LETTER = "l.document_id IS NULL", "l.document_id IS NOT NULL"
_OPEN = tuple(state for state in JobState if state not in (JobState.DONE, JobState.DEAD))


@dataclass(frozen=True, slots=True)
class Tally:
    """Documents of jobs in one state: all, with a result, with a dead letter, with both."""

    documents: int
    results: int
    letters: int
    both: int


def count_outcomes(scope: Scope) -> dict[JobState, Tally]:
    """Documents by the state of their job, and what outcomes they have."""
    counts = f"""
        SELECT count(*), count(r.document_id), count(l.document_id),
            count(CASE WHEN {_RESULT} THEN l.document_id END) {_documents(scope)}
    """
    return {state: Tally(*scope.rows(counts, state=state).one()) for state in JobState}


def check_outcomes(scope: Scope, tallies: dict[JobState, Tally]) -> list[Violation]:
    """Look at what was counted, and for the rows only where something is wrong."""
    found = []
    done, dead = tallies[JobState.DONE], tallies[JobState.DEAD]
    may_be_empty = scope.many_rows and scope.analysis != "qa"
    if not may_be_empty and done.results + done.letters - done.both != done.documents:
        found += _name(
            scope, JobState.DONE, "done, but without an outcome", f"{_NO_RESULT} AND {_NO_LETTER}"
        )
    if done.both:
        both = f"{_RESULT} AND {_LETTER}"
        found += _name(scope, JobState.DONE, "both a result and a dead letter", both)
    if dead.letters != dead.documents:
        found += _name(scope, JobState.DEAD, "dead, but without a dead letter", _NO_LETTER)
    if dead.results:
        found += _name(scope, JobState.DEAD, "dead, but with a result", _RESULT)
    for state in _OPEN:
        if tallies[state].results:
            found += _name(scope, state, f"{state}, but with a result", _RESULT)
        if tallies[state].letters:
            found += _name(scope, state, f"{state}, but with a dead letter", _LETTER)
    return found


def _name(scope: Scope, state: JobState, check: str, wrong: str) -> list[Violation]:
    statement = f"SELECT j.id AS job_id, d.document_id {_documents(scope)} AND {wrong}"
    return scope.find(check, f"{statement} ORDER BY d.position", state=state)


def _documents(scope: Scope) -> str:
    # Rows are numbered from 0, which is a check of its own: the first stands for all.
    first = "AND r.ordinal = 0" if scope.many_rows else ""
    slice_ = _SLICE[scope.connection.dialect.name]
    return _DOCUMENTS.format(slice=slice_, table=scope.table, first=first)


def check_failed(scope: Scope) -> list[Violation]:
    """A closed job says how many of its documents are dead letters."""
    return scope.find(
        "jobs.failed is not the number of dead letters",
        """
        WITH letters AS (
            SELECT (
                SELECT j.id FROM jobs AS j
                WHERE j.run_id = :run AND j.analysis = :analysis AND j.first_position <= d.position
                ORDER BY j.first_position DESC LIMIT 1
            ) AS job_id
            FROM dead_letters AS l
            CROSS JOIN run_documents AS d
            WHERE l.run_id = :run AND l.analysis = :analysis
                AND d.run_id = :run AND d.document_id = l.document_id
        ), counted AS (SELECT job_id, count(*) AS failed FROM letters GROUP BY job_id)
        SELECT j.id AS job_id, NULL AS document_id
        FROM jobs AS j LEFT JOIN counted AS c ON c.job_id = j.id
        WHERE j.run_id = :run AND j.analysis = :analysis AND j.state IN ('done', 'dead')
            AND j.failed <> coalesce(c.failed, 0)
        ORDER BY j.first_position
        """,
    )
