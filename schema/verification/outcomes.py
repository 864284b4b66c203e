"""Checks of outcomes: each document of a closed job has exactly one, all others have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schema.tables import JobState
from schema.verification.scope import Scope
from schema.verification.violation import Violation

# Each database would read all jobs for each document, were it not made to begin with the jobs:
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
    LEFT JOIN {table} AS r
        ON r.run_id = d.run_id AND r.document_id = d.document_id AND {of_results} {first}
    LEFT JOIN dead_letters AS l
        ON l.run_id = d.run_id AND l.document_id = d.document_id AND {of_letters}
        AND l.analysis = :analysis
    LEFT JOIN abstentions AS a
        ON a.run_id = d.run_id AND a.document_id = d.document_id AND {of_abstentions}
        AND a.analysis = :analysis
    WHERE {of_jobs} AND j.analysis = :analysis AND j.state = :state
        AND d.run_id = j.run_id AND d.position >= j.first_position AND d.position < j.end_position
"""
_NO_RESULT, _RESULT = "r.document_id IS NULL", "r.document_id IS NOT NULL"
_NO_LETTER, _LETTER = "l.document_id IS NULL", "l.document_id IS NOT NULL"
_NO_ABSTENTION, _ABSTENTION = "a.document_id IS NULL", "a.document_id IS NOT NULL"
_OPEN = tuple(state for state in JobState if state not in (JobState.DONE, JobState.DEAD))


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts documents of jobs in one state: all, with a result, with a dead letter, with both; not
    analysed, and those of these with another outcome besides.
    """

    documents: int
    results: int
    letters: int
    both: int
    abstentions: int = 0
    abstained_and_more: int = 0


#: Tallies by the state of the jobs; states that a run has no jobs in are there too.
Tallies = dict[JobState, Tally]


def count_outcomes(scope: Scope) -> dict[int, Tallies]:
    """Count documents by the state of their job and by their outcomes, for each run by its id."""
    counts = f"""
        SELECT j.run_id, count(*), count(r.document_id), count(l.document_id),
            count(CASE WHEN {_RESULT} THEN l.document_id END), count(a.document_id),
            count(CASE WHEN {_RESULT} OR {_LETTER} THEN a.document_id END) {_documents(scope)}
        GROUP BY j.run_id
    """
    found = {run.id: dict.fromkeys(JobState, Tally(0, 0, 0, 0)) for run in scope.runs}
    for state in JobState:
        for run_id, *numbers in scope.rows(counts, state=state):
            if run_id in found:
                found[run_id][state] = Tally(*numbers)
    return found


def check_outcomes(scope: Scope, tallies: dict[int, Tallies]) -> list[Violation]:
    """Look at what was counted, and for the rows only where something is wrong."""
    may_be_empty = scope.may_be_empty
    # Each once, however many runs are wrong in it, and in the order in which runs have them.
    wrong = dict.fromkeys(
        one for of_run in tallies.values() for one in _wrong(of_run, may_be_empty)
    )
    order = (JobState.DONE, JobState.DEAD, *_OPEN)
    return [
        violation
        for state, check, rows in sorted(wrong, key=lambda one: order.index(one[0]))
        for violation in _name(scope, state, check, rows)
    ]


def _wrong(tallies: Tallies, may_be_empty: bool) -> Iterator[tuple[JobState, str, str]]:
    """Yield what is wrong: the state of the jobs, words, and a condition on the rows."""
    done, dead = tallies[JobState.DONE], tallies[JobState.DEAD]
    outcomes = done.results + done.letters - done.both
    outcomes += done.abstentions - done.abstained_and_more
    if not may_be_empty and outcomes != done.documents:
        nothing = f"{_NO_RESULT} AND {_NO_LETTER} AND {_NO_ABSTENTION}"
        yield JobState.DONE, "done, but without an outcome", nothing
    if done.abstained_and_more:
        other = f"{_ABSTENTION} AND ({_RESULT} OR {_LETTER})"
        yield JobState.DONE, "not analysed, but with another outcome", other
    if done.both:
        yield JobState.DONE, "both a result and a dead letter", f"{_RESULT} AND {_LETTER}"
    if dead.letters != dead.documents:
        yield JobState.DEAD, "dead, but without a dead letter", _NO_LETTER
    if dead.results:
        yield JobState.DEAD, "dead, but with a result", _RESULT
    if dead.abstentions:
        yield JobState.DEAD, "dead, but not analysed", _ABSTENTION
    for state in _OPEN:
        if tallies[state].abstentions:
            yield state, f"{state}, but not analysed for good", _ABSTENTION
        if tallies[state].results:
            yield state, f"{state}, but with a result", _RESULT
        if tallies[state].letters:
            yield state, f"{state}, but with a dead letter", _LETTER


def _name(scope: Scope, state: JobState, check: str, wrong: str) -> list[Violation]:
    statement = f"SELECT j.run_id, j.id AS job_id, d.document_id {_documents(scope)} AND {wrong}"
    return scope.find(check, f"{statement} ORDER BY j.run_id, d.position", state=state)


def _documents(scope: Scope) -> str:
    return _DOCUMENTS.format(
        slice=_SLICE[scope.connection.dialect.name],
        table=scope.table,
        # Rows are numbered from 0, which is a check of its own: the first stands for all.
        first="AND r.ordinal = 0" if scope.many_rows else "",
        of_jobs=scope.within("j.run_id"),
        of_results=scope.within("r.run_id"),
        of_letters=scope.within("l.run_id"),
        of_abstentions=scope.within("a.run_id"),
    )


def check_failed(scope: Scope) -> list[Violation]:
    """Check that a closed job has as many dead letters as it says."""
    return scope.find(
        "jobs.failed is not the number of dead letters",
        f"""
        WITH letters AS (
            SELECT (
                SELECT j.id FROM jobs AS j
                WHERE j.run_id = l.run_id AND j.analysis = :analysis
                    AND j.first_position <= d.position
                ORDER BY j.first_position DESC LIMIT 1
            ) AS job_id
            FROM dead_letters AS l
            CROSS JOIN run_documents AS d
            WHERE {scope.within("l.run_id")} AND l.analysis = :analysis
                AND d.run_id = l.run_id AND d.document_id = l.document_id
        ), counted AS (SELECT job_id, count(*) AS failed FROM letters GROUP BY job_id)
        SELECT j.run_id, j.id AS job_id, NULL AS document_id
        FROM jobs AS j LEFT JOIN counted AS c ON c.job_id = j.id
        WHERE {scope.within("j.run_id")} AND j.analysis = :analysis
            AND j.state IN ('done', 'dead') AND j.failed <> coalesce(c.failed, 0)
        ORDER BY j.run_id, j.first_position
        """,
    )
