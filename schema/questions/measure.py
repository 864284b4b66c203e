"""What documents are compared by."""

from __future__ import annotations

import enum

from sqlalchemy import Connection

from schema.questions.counts import STARS
from schema.questions.errors import NoAnswerError
from schema.questions.scope import Scope, select_rows


class Measure(enum.StrEnum):
    """A number that a document has, or none."""

    #: Stars of five.
    RATING = "rating"
    #: Whether it has at most two stars.
    LOW_RATING = "low-rating"
    #: Whether sentiment called it negative, and surely so.
    NEGATIVE = "negative"

    @property
    def is_share(self) -> bool:
        """Whether its mean is a share."""
        return self is not Measure.RATING

    @property
    def sql(self) -> str:
        """The number, null for a document that has none; `d` is `v_documents`."""
        return _SQL[self]

    @property
    def meaning(self) -> str:
        """How a user reads what it is the mean or the share of."""
        return _MEANINGS[self]


_SQL = {
    Measure.RATING: STARS,
    Measure.LOW_RATING: f"CASE WHEN {STARS} <= 2 THEN 1 WHEN {STARS} > 2 THEN 0 END",
    Measure.NEGATIVE: "CASE WHEN d.polarity = 'negative' THEN 1 "
    "WHEN d.polarity IS NOT NULL THEN 0 END",
}
_MEANINGS = {
    Measure.RATING: "mean rating",
    Measure.LOW_RATING: "of at most 2 stars",
    Measure.NEGATIVE: "classified as negative",
}

_MISSING = {
    Measure.RATING: (
        "no document has a rating of which the scale is known; name its column with: "
        "triage ingest FILE --rating COLUMN"
    ),
    Measure.NEGATIVE: (
        "no document has a polarity that is sure; run: triage ingest FILE --analyses sentiment"
    ),
}


def missing(measure: Measure) -> NoAnswerError:
    """What to run where no document has a measure."""
    return NoAnswerError(_MISSING.get(measure, _MISSING[Measure.RATING]))


def measures_of(connection: Connection, scope: Scope) -> list[Measure]:
    """The measures that some document has."""
    columns = ", ".join(f"COUNT({one.sql})" for one in Measure)
    (row,) = select_rows(connection, f"SELECT {columns} FROM current_documents AS d", scope)
    return [measure for measure, count in zip(Measure, row, strict=True) if count]
