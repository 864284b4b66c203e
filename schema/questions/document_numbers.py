"""What is counted of each document, as arrays: polarity, whether it is sure, stars and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from schema.polarity import Polarity
from schema.questions.counts import STARS, DocumentCounts
from schema.questions.measure import Measure
from schema.questions.number_format import Timestamp, Whole
from schema.questions.number_rows import select_numbers
from schema.questions.scope import Scope

Mask = NDArray[np.bool_]

_SIDES = ("negative", "neutral", "positive")
#: Sixteen times the id, the place in `_SIDES`, 3 without a polarity, and 4 more where sentiment is
#: sure, 8 where not: one number for all, since each costs.
_SENTIMENTS = 16
_ID_AND_SENTIMENT = (
    f"{_SENTIMENTS} * d.id + CASE d.polarity"
    " WHEN 'negative' THEN 0 WHEN 'neutral' THEN 1 WHEN 'positive' THEN 2 ELSE 3 END"
    " + CASE WHEN d.sentiment_run_id IS NULL THEN 0 WHEN d.unsure THEN 8 ELSE 4 END"
)


@dataclass(frozen=True)
class DocumentNumbers:
    """Documents of a scope, n of them in the order of their ids.

    Attributes:
        ids: Of the documents (n).
        sides: Place of the polarity in negative, neutral, positive; NaN without one (n).
        unsure: Whether the model is unsure, 1 or 0; NaN where there is no sentiment (n).
        stars: Rating as stars of five; NaN without one (n).
        seconds: When it was written, since 1970; NaN if nobody knows (n).
    """

    ids: NDArray[np.int64]
    sides: NDArray[np.float64]
    unsure: NDArray[np.float64]
    stars: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def measure(self, measure: Measure) -> NDArray[np.float64]:
        """What documents are compared by; NaN for one that has none (n)."""
        if measure is Measure.RATING:
            return self.stars
        if measure is Measure.LOW_RATING:
            return np.where(np.isnan(self.stars), np.nan, self.stars <= 2)
        return np.where(np.isnan(self.sides), np.nan, self.sides == 0)

    def has(self, measure: Measure) -> bool:
        """Whether any document has a measure."""
        return not np.isnan(self.measure(measure)).all()

    def is_side(self, side: Polarity | None) -> Mask:
        """Whether a document is surely of a polarity, or of none (n)."""
        return np.isnan(self.sides) if side is None else self.sides == _SIDES.index(side.value)

    def counts(
        self, rows: NDArray[np.int64], groups: NDArray[np.int64], number: int
    ) -> list[DocumentCounts]:
        """All figures of groups of documents.

        Args:
            rows: Places of documents in `ids`; one may be in several groups (m).
            groups: The group of each, 0 and on (m).
            number: How many groups there are.
        """
        rated = np.nan_to_num(self.stars)
        columns = {
            "documents": np.ones(len(self.ids)),
            "analysed": ~np.isnan(self.unsure),
            "known": ~np.isnan(self.sides),
            **{side: self.sides == place for place, side in enumerate(_SIDES)},
            "unsure": self.unsure == 1,
            "rated": ~np.isnan(self.stars),
            "low": self.stars <= 2,
        }
        counted = {
            name: np.bincount(groups, value[rows], number).astype(np.int64)
            for name, value in columns.items()
        }
        summed = {
            "total": np.bincount(groups, rated[rows], number),
            "squares": np.bincount(groups, (rated * rated)[rows], number),
        }
        return [
            DocumentCounts.of(SimpleNamespace(**dict(zip(counted | summed, row, strict=True))))
            for row in _rows((counted | summed).values())
        ]


def _rows(
    columns: Iterable[NDArray[np.int64] | NDArray[np.float64]],
) -> Iterable[tuple[float, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def read_document_numbers(
    connection: Connection, scope: Scope, dated: bool = True
) -> DocumentNumbers:
    """Read the documents of a scope.

    Args:
        connection: Open.
        scope: Which documents.
        dated: Whether to read when they were written, too; `seconds` is NaN without.
    """
    columns = (Whole(_ID_AND_SENTIMENT), STARS, *((Timestamp("d.time"),) if dated else ()))
    rows = select_numbers(connection, columns, "FROM current_documents AS d", scope)
    if (rows[1:, 0] < rows[:-1, 0]).any():
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
    ids, sentiment = np.divmod(rows[:, 0].astype(np.int64), _SENTIMENTS)
    stars = rows[:, 1]
    sides, sure = sentiment % 4, sentiment // 4
    return DocumentNumbers(
        ids=ids,
        sides=np.where(sides == len(_SIDES), np.nan, sides),
        unsure=np.where(sure == 0, np.nan, sure - 1),
        stars=stars,
        seconds=rows[:, 2] if dated else np.full(len(ids), np.nan),
    )
