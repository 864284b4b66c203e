"""Times of rows that are plain: they can be read, and say nothing about their column."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from producer.ingest.times.timestamp_parser import TimestampParser

#: Times that are kept: many exports have days only.
MOST_KEPT = 1_000


class PlainTimes:
    """Reads times by way of a parser, whose count of contradictions it leaves as it is.

    Args:
        parser: Of the column.
    """

    def __init__(self, parser: TimestampParser) -> None:
        self._parser = parser
        self._known: dict[str, datetime] = {}

    def read(self, value: Any) -> datetime | None:
        """Read one value; None where it is missing.

        Raises:
            ValueError: If it cannot be read, or contradicts its column.
            OverflowError: If it is too far away.
        """
        is_string = type(value) is str
        if is_string and (known := self._known.get(value)) is not None:
            return known
        parser = self._parser
        before = parser.contradictions
        try:
            time = parser.read(value)
            if parser.contradictions != before:
                raise ValueError("day and month are the other way around")
        finally:
            parser.contradictions = before
        if is_string and time is not None and len(self._known) < MOST_KEPT:
            self._known[value] = time
        return time
