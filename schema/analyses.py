"""The analyses that the system knows: their names, and the Celery task and queue of each."""

from __future__ import annotations

from schema.results import RESULT_TABLES

#: In the order in which reports and progress show them.
ANALYSES = tuple(table.analysis for table in RESULT_TABLES)

#: Analyses that write a text, token by token; see `ResultTable.writes_text`.
WRITING_ANALYSES = frozenset(table.analysis for table in RESULT_TABLES if table.writes_text)


def task_name(analysis: str) -> str:
    """The Celery task that runs jobs of this analysis, e.g. `triage.sentiment`."""
    return f"triage.{analysis}"


def queue_name(analysis: str) -> str:
    """The queue of this analysis in Redis: the same word."""
    return analysis


class UnknownAnalysisError(ValueError):
    """A name that is no analysis; the message lists the ones there are."""


def parse_analyses(names: str) -> tuple[str, ...]:
    """Read a comma-separated list, e.g. `sentiment,entities`, into known names, in standard order.

    Raises:
        UnknownAnalysisError: If a name is unknown, or none is given.
    """
    asked = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in asked if name not in ANALYSES]
    if unknown or not asked:
        wrong = ", ".join(map(repr, unknown)) or "nothing"
        raise UnknownAnalysisError(
            f"--analyses names {wrong}; choose from {', '.join(ANALYSES)}, separated by commas"
        )
    return tuple(name for name in ANALYSES if name in asked)
