"""The analyses that the system knows: their names, and the Celery task and queue of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from schema.results import RESULT_TABLES

#: Analyses that come with the project, in the order in which reports and progress show them.
BUILT_IN = tuple(table.analysis for table in RESULT_TABLES if not table.of_many)

#: Analyses that write a text, token by token; see `ResultTable.writes_text`.
WRITING_ANALYSES = frozenset(table.analysis for table in RESULT_TABLES if table.writes_text)


class AnalysisNames(Sequence[str]):
    """The names that this process knows: those that come with the project, and behind them those
    of the user's own that a catalog has named.
    """

    def __init__(self) -> None:
        self._own: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The user's own, by name."""
        return self._own

    def add(self, name: str) -> None:
        """Get to know an analysis of the user's own."""
        if name not in self:
            self._own = tuple(sorted((*self._own, name)))

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...

    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        return (*BUILT_IN, *self._own)[place]

    def __len__(self) -> int:
        return len(BUILT_IN) + len(self._own)

    def __iter__(self) -> Iterator[str]:
        return iter((*BUILT_IN, *self._own))


#: In the order in which reports and progress show them.
ANALYSES = AnalysisNames()


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
