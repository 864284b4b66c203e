"""The first rows of an input, a column at a time: what its values look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from producer.ingest.columns.nested_fields import get_field
from producer.ingest.texts.empty_texts import is_blank
from producer.ingest.times.timestamp_parser import TimestampParser, is_clock, is_day

#: A telephone number, `+49 30 1234`, is none.
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d+)?|\d*[.,]?\d+)\s*%?")
#: Letters, and scripts that put no spaces between words.
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NO_PROSE = re.compile(r"\w+://|www\.|[^\s@]+@[^\s@]+$|[{\[]|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}$")
#: More are not told apart: the longest texts are no better texts.
_MOST_WORDS = 25
#: Values that tell whether the others of a column need to be seen.
_FIRST = 5
#: Characters of a value that are looked at.
_MOST_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What the values of a column look like; shares are of those that say something.

    Attributes:
        values: How many say something.
        distinct: How many there are, each counted once.
        numbers: Share that are numbers.
        prose: Share that are several words, and no address, link or JSON.
        words: Mean number of words, of those that are words.
    """

    values: int
    distinct: int
    numbers: float
    prose: float
    words: float

    @property
    def variety(self) -> float:
        """Share of the values that are there only once or first."""
        return self.distinct / self.values if self.values else 0.0

    @property
    def score(self) -> float:
        """How much a column looks as if people had written it; 0 for none."""
        return self.prose * self.words * self.variety


class ColumnSample:
    """The first rows of an input.

    Args:
        rows: Their fields.
    """

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._rows = rows
        self._values: dict[str, list[Any]] = {}
        self._profiles: dict[str, ColumnProfile] = {}

    def values(self, column: str) -> list[Any]:
        """Values of a column, without those that say nothing."""
        if column not in self._values:
            found = (get_field(row, column) for row in self._rows)
            self._values[column] = [value for value in found if not is_blank(value)]
        return self._values[column]

    def repeats_rows(self, column: str) -> bool:
        """Whether rows with the same value are the same rows, as in a file that was put together
        of files that overlap."""
        rows = {str(row) for row in self._rows}
        return len(rows) <= 1.2 * len({str(value) for value in self.values(column)})

    def profile(self, column: str) -> ColumnProfile:
        """What the values of a column look like."""
        if column not in self._profiles:
            self._profiles[column] = _profile(self.values(column))
        return self._profiles[column]

    def share_of_times(self, column: str) -> float:
        """Share of the values that are times; 0 where there are none."""
        values = self.values(column)
        times = TimestampParser(values, guess=False)
        return sum(map(times.is_time, values)) / len(values) if values else 0.0

    def has_time_early(self, column: str) -> bool:
        """Whether one of the first values is a time: all of them are not tried in each column."""
        times = TimestampParser((), guess=False)
        return any(map(times.is_time, self.values(column)[:_FIRST]))

    def share_of_clocks(self, column: str) -> float:
        """Share of the values that are a time of day alone."""
        values = self.values(column)
        return sum(map(is_clock, values)) / len(values) if values else 0.0

    def share_of_days(self, column: str) -> float:
        """Share of the values that are dates without a time of day."""
        values = self.values(column)
        return sum(map(is_day, values)) / len(values) if values else 0.0


def _profile(values: list[Any]) -> ColumnProfile:
    numbers = sum(map(_is_number, values))
    texts = [value[:_MOST_CHARACTERS] for value in values if isinstance(value, str)]
    counts = [count for text in texts if (count := _count_words(text)) > 1]
    total = len(values) or 1
    return ColumnProfile(
        len(values),
        len({str(value) for value in values}),
        numbers / total,
        len(counts) / total,
        sum(counts) / len(counts) if counts else 0.0,
    )


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return bool(len(value) < 100 and _NUMBER.fullmatch(value.strip()))
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _count_words(text: str) -> int:
    """Words of a value that people may have written; 0 for links, addresses, JSON, keys."""
    text = text.strip()
    if _NO_PROSE.match(text):
        return 0
    count = len(_WORD.findall(text))
    if count == 1 or not text.count(" "):
        # About two signs are a word.
        count = max(int(count > 0), len(_UNSPACED.findall(text)) // 2)
    return min(count, _MOST_WORDS)
