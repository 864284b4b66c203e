"""What can be corrected: the label that an analysis has given a document in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from schema.polarity.polarity import Polarity
from schema.results import RESULT_TABLES
from schema.results.base import LabelTable
from schema.results.sentiment import SentimentRow

#: Analyses that give a document one label, and so can be corrected.
REVIEWABLE: tuple[str, ...] = tuple(
    table.analysis for table in RESULT_TABLES if issubclass(table, LabelTable)
)


@dataclass(frozen=True, slots=True)
class Subject:
    """An analysis of a run."""

    run_id: int
    analysis: str

    @property
    def table(self) -> Any:
        """The table that the labels are in."""
        by_name = {table.analysis: table for table in RESULT_TABLES}
        return by_name[self.analysis]

    @property
    def label(self) -> Any:
        """The column that says what a person may correct: of sentiment the polarity, since labels
        are the model's own words.
        """
        return self.table.polarity if self.table is SentimentRow else self.table.label


def newest_run(connection: Connection, analysis: str) -> int | None:
    """The newest run that has results of an analysis; None if there is none."""
    table = Subject(0, analysis).table
    return connection.execute(select(func.max(table.run_id))).scalar_one()  # type: ignore[no-any-return]


def known_labels(connection: Connection, subject: Subject) -> tuple[str, ...]:
    """The labels that a person may write: the three polarities, or what the run's model knows."""
    if subject.table is SentimentRow:
        return tuple(Polarity)
    table = subject.table
    there = select(table.label).where(table.run_id == subject.run_id).distinct()
    found = set(connection.execute(there).scalars())
    one = select(table.probabilities).where(
        table.run_id == subject.run_id, table.probabilities.is_not(None)
    )
    found.update(connection.execute(one.limit(1)).scalar() or {})
    return tuple(sorted(found))
