"""What a validator knows of an input, and what it counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from producer.ingest.ratings.rating_parser import RatingParser
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.timestamp_parser import TimestampParser


@dataclass(frozen=True)
class RowContext:
    """The input that rows are of.

    Attributes:
        file: The input, as the user named it.
        place: Tells rows without an id apart from those of other inputs.
        source: The documents' source, unless a column says another.
        text_limit: Characters that a text may have.
        known_by: Roles and columns that make the identity, if the user says so.
    """

    file: str
    place: str
    source: str
    text_limit: int
    known_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValueParsers:
    """What reads values of an input.

    Attributes:
        times: Reads the time column.
        ratings: Reads the rating column.
        texts: Says what of a text is analysed.
    """

    times: TimestampParser
    ratings: RatingParser = field(default_factory=lambda: RatingParser("", ()))
    texts: TextCleaner = field(default_factory=TextCleaner)


@dataclass(slots=True)
class ValueNotes:
    """What was passed over in rows that went in.

    Attributes:
        unread_times: Rows whose time cannot be read.
        unread_line: The first of them.
        ambiguous_times: Those among them whose day and month cannot be told apart.
        contradictions: Times that can only be read the other way around than their column.
        unread_ratings: Rows with a rating that is none.
        stripped: Texts that something was taken out of.
    """

    unread_times: int = 0
    unread_line: int | None = None
    ambiguous_times: int = 0
    contradictions: int = 0
    unread_ratings: int = 0
    stripped: int = 0

    def lines(self) -> list[str]:
        """A sentence for each kind that there is."""
        told = []
        if self.unread_times:
            told.append(
                f"{_count(self.unread_times, 'time')} cannot be read, the first in line "
                f"{self.unread_line}: their documents have none, the metadata has them as written"
            )
        if self.ambiguous_times:
            told.append(
                f"{self.ambiguous_times} of them may be two dates, as 03/04/2026 may: give "
                "--dayfirst or --monthfirst"
            )
        if self.contradictions:
            told.append(
                f"{_count(self.contradictions, 'time')} can only be read with day and month the "
                "other way around than the rest of the column: see that --dayfirst or --monthfirst "
                "is right"
            )
        if self.unread_ratings:
            told.append(
                f"{_count(self.unread_ratings, 'rating')} cannot be read, or lie beyond the scale: "
                "see the metadata"
            )
        if self.stripped:
            told.append(f"quoted mail or a signature was taken out of {self.stripped} texts")
        return told


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
