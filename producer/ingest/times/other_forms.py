"""Forms of times that we do not know ourselves, by way of dateparser, which knows many languages.

It takes milliseconds for a value, and guesses: so it is asked once for each new form, only what
says day, month and year counts, and nothing that depends on today (`2 weeks ago`) does.
"""

from __future__ import annotations

import re
import warnings
from datetime import datetime
from typing import Any

from producer.ingest.times.written_times import MONTH_FIRST, MOST_CHARACTERS

#: Forms of one column that nobody could read, after which no further one is tried.
MOST_FAILURES = 20
#: All that it knows would take seconds to load.
_LANGUAGES_TEXT = """
    en de fr es it pt nl pl ru uk cs sk sv da nb fi tr ro hu el bg hr sl sr lt lv et ja zh
    ko ar he fa hi th vi id
"""
_LANGUAGES = _LANGUAGES_TEXT.split()
_DIGITS = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
#: Without a day and a year there is no date.
_DAY_AND_YEAR = re.compile(r"\d\D+\d")


class OtherForms:
    """Reads the values of one column by forms that are learned.

    Args:
        order: As `parse_written` has it.
    """

    def __init__(self, order: str | None) -> None:
        self._order = "MDY" if order == MONTH_FIRST else "DMY"
        #: What reads a form, by its shape; None where nobody can.
        self._known: dict[str, Any] = {}
        self._failures = 0

    def read(self, text: str) -> datetime | None:
        """Read a value; None where it cannot be read."""
        # Numbers alone could be anything.
        if len(text) > MOST_CHARACTERS or not _LETTERS.search(text):
            return None
        if not _DAY_AND_YEAR.search(text):
            return None
        shape = _DIGITS.sub("0", text.casefold())
        if shape in self._known:
            reader = self._known[shape]
            return _read(reader, text) if reader else None
        if self._failures >= MOST_FAILURES:
            return None
        reader = self._learn(text)
        self._known[shape] = reader
        self._failures += reader is None
        return _read(reader, text) if reader else None

    def _learn(self, text: str) -> Any:
        """What reads this form: of the language that it is in."""
        # It costs a third of a second to import.
        from dateparser.date import DateDataParser

        settings: Any = {
            "PARSERS": ["absolute-time"],
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": self._order,
            "RETURN_AS_TIMEZONE_AWARE": False,
        }
        found = _ask(DateDataParser(languages=_LANGUAGES, settings=settings), text)
        if found is None or found.locale is None:
            return None
        return DateDataParser(locales=[found.locale], settings=settings)


def _read(reader: Any, text: str) -> datetime | None:
    found = _ask(reader, text)
    return None if found is None else found.date_obj


def _ask(reader: Any, text: str) -> Any:
    """What dateparser finds; None where that is no time."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = reader.get_date_data(text)
    # Whatever a library of so many forms trips over is no time; the value is kept as written.
    except Exception:
        return None
    return None if found.date_obj is None else found
