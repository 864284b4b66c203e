"""What can be corrected: the label or the intents that an analysis has given a document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select, true
from sqlalchemy.orm import aliased

from schema.analyses import BUILT_IN
from schema.intents import NO_INTENT, Intent
from schema.polarity.polarity import Polarity
from schema.results import RESULT_TABLES, result_table, rows_of
from schema.results.base import LabelTable
from schema.results.intent import IntentRow
from schema.results.sentiment import SentimentRow
from schema.tables import Model

#: Analyses that come with the project, give a document labels, and so can be corrected.
REVIEWABLE: tuple[str, ...] = tuple(
    table.analysis
    for table in RESULT_TABLES
    if (issubclass(table, LabelTable) or table is IntentRow) and not table.of_many
)


def reviewable(connection: Connection) -> tuple[str, ...]:
    """All analyses that can be corrected: also those of the user's own that have results."""
    # The names of which there are models: results are too many to look at.
    names = select(Model.analysis).distinct()
    own = set(connection.execute(names).scalars()) - set(BUILT_IN)
    return (*REVIEWABLE, *sorted(own))


@dataclass(frozen=True, slots=True)
class Subject:
    """An analysis of a run."""

    run_id: int
    analysis: str

    @property
    def table(self) -> Any:
        """The table that the labels are in."""
        return _table(self.analysis)

    @property
    def rows(self) -> str:
        """The same as plain SQL, see `rows_of`."""
        return rows_of(self.analysis)

    @property
    def label(self) -> Any:
        """The column that says what a person may correct: of sentiment the polarity, since labels
        are the model's own words.
        """
        if self.has_several:
            return self.table.intent
        is_sentiment = self.analysis == SentimentRow.analysis
        return self.table.polarity if is_sentiment else self.table.label

    @property
    def has_several(self) -> bool:
        """Whether a document may have several labels, each in a row of its own."""
        return self.analysis == IntentRow.analysis

    @property
    def is_of_run(self) -> Any:
        """The condition that a row of the table is one of the analysis and of the run."""
        return self.table.run_id == self.run_id

    @property
    def is_first(self) -> Any:
        """The condition that a row of the table is the first, and surest, of its document."""
        return self.table.ordinal == 0 if self.has_several else true()


@cache
def _table(analysis: str) -> Any:
    """The results of an analysis; always the same, since a statement may name it several times."""
    table: Any = result_table(analysis)
    if not table.of_many:
        return table
    return aliased(table, _first_rows(table, analysis))


def _first_rows(table: Any, analysis: str) -> Any:
    """Of an analysis that shares its table the surest label of each document."""
    return select(table).where(table.named == analysis, table.ordinal == 0).subquery()


def newest_run(connection: Connection, analysis: str) -> int | None:
    """The newest run that has results of an analysis; None if there is none."""
    table = Subject(0, analysis).table
    return connection.execute(select(func.max(table.run_id))).scalar_one()  # type: ignore[no-any-return]


def known_labels(connection: Connection, subject: Subject) -> tuple[str, ...]:
    """The labels that a person may write: the three polarities, or what the run's model knows."""
    if subject.has_several:
        return (*Intent, NO_INTENT)
    if subject.analysis == SentimentRow.analysis:
        return tuple(Polarity)
    table = subject.table
    there = select(table.label).where(table.run_id == subject.run_id).distinct()
    found = set(connection.execute(there).scalars())
    one = select(table.probabilities).where(
        table.run_id == subject.run_id, table.probabilities.is_not(None)
    )
    found.update(connection.execute(one.limit(1)).scalar() or {})
    return tuple(sorted(found))
