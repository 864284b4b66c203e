"""Whether something got better, or worse, at a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection

from schema.insights.before_after import BeforeAfter, before_and_after
from schema.questions.document_numbers import read_document_numbers
from schema.questions.errors import NoAnswerError
from schema.questions.measure import Measure
from schema.questions.scope import Scope

#: Days on either side of the date, if nobody says how many.
DAYS = 28
#: Documents that either side needs before a change is spoken of.
MIN_DOCUMENTS = 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure before the date and from it on.

    Attributes:
        measure: What the means are of; of a share they are shares.
        compared: Both sides, the change with its interval, and at how many earlier dates as much
            changed.
        is_ranked: Whether both sides have `MIN_DOCUMENTS`.
    """

    measure: Measure
    compared: BeforeAfter
    is_ranked: bool

    @property
    def is_sure(self) -> bool:
        """Whether the change is spoken of: enough documents, and an interval that leaves 0."""
        low, high = self.compared.change.interval
        return self.is_ranked and not low <= 0 <= high


def read_before_after(
    connection: Connection, scope: Scope, date: datetime, days: int = DAYS
) -> list[Comparison]:
    """Compare the days before a date with as many from it on, by each measure that there is.

    Args:
        connection: Open.
        scope: Which documents; its period has to hold the days on both sides, and what is before
            them says how much changes by itself.
        date: In UTC, where it has no time zone.
        days: How long either side is.

    Raises:
        NoAnswerError: If no document with a time has a rating or a polarity.
    """
    moment = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    found = []
    documents = read_document_numbers(connection, scope)
    dated = ~np.isnan(documents.seconds)
    times = np.floor(documents.seconds[dated]).astype("datetime64[s]")
    for measure in Measure:
        values = documents.measure(measure)[dated]
        known = ~np.isnan(values)
        if not known.any():
            continue
        compared = before_and_after(times[known], values[known], moment, days)
        enough = min(compared.before.count, compared.after.count) >= MIN_DOCUMENTS
        found.append(Comparison(measure, compared, enough))
    if not found:
        raise NoAnswerError(
            "no document has a time and a rating or a polarity; run: triage ingest FILE "
            "--analyses sentiment (and, where the columns are not found, --time and --rating)"
        )
    return found
