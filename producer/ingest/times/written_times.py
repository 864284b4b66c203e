"""Times as people and programs write them: a date, a clock, a zone, in any order that is usual."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time, tzinfo

from producer.ingest.times.month_names import MONTHS, PARTICLES, WEEKDAYS
from producer.ingest.times.zones import find_zone

#: Longer ones are no times.
MOST_CHARACTERS = 80

#: What 03/04/2026 means.
DAY_FIRST, MONTH_FIRST = "day first", "month first"

_CLOCK = re.compile(
    r"(?<![\d.:/+-])(\d{1,2})"
    r"(?::(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?\s?([ap]\.?\s?m\b\.?)?"
    r"|\s?h\s?(\d{2})(?!\d)|\s?([ap]\.?\s?m\b\.?))(?![\d:])"
)
#: Behind a clock: a name, an offset, or a name and an offset.
_ZONE = re.compile(
    r"\s*\(?((?:utc|gmt)?\s?[+-]\d{1,2}(?::?\d{2})?(?![\d-])|[a-z]+(?:/[a-z_+-]+)+|[a-z]{1,5}\b"
    r"(?![./]))\)?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_NAME = re.compile(r"(\d{1,2})[ .-]+([a-z]+)[ .-]+'?(\d{4}|\d{2})")
_NAME_DAY = re.compile(r"([a-z]+)[ .-]+(\d{1,2})[ .-]+'?(\d{4}|\d{2})")
_YEAR_NAME = re.compile(r"(\d{4})[ .-]([a-z]+)[ .-](\d{1,2})")
#: `10 5, 2026`, as in the Amazon reviews.
_SPACED = re.compile(r"(\d{1,2}) (\d{1,2}), (\d{4})")
#: `Reviewed in the United States on March 14, 2026`, as pages of Amazon say it.
_REVIEWED = re.compile(
    r"(?:reviewed in|rezension aus|rezensiert in|commente e[nu]|revisado en|resenado en|"
    r"recensito in) .{1,40} (?:on|vom|am|le|el|il) (?=.*\d)"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª|°)\b|(?<=\d)\.(?= )")


def day_order(dayfirst: bool, monthfirst: bool) -> str | None:
    """What dates like 03/04/2026 mean where somebody says so; None where nobody does.

    Raises:
        ValueError: If both are said.
    """
    if dayfirst and monthfirst:
        raise ValueError("both the day and the month first")
    return DAY_FIRST if dayfirst else MONTH_FIRST if monthfirst else None


class DayOrderError(ValueError):
    """Raised where the day and the month cannot be told apart."""


class UnknownFormError(ValueError):
    """Raised where a text is in no form that we know."""


def parse_written(text: str, order: str | None) -> datetime:
    """Read a date with or without a clock and a zone; without a zone the result has none.

    Args:
        text: It.
        order: `DAY_FIRST` or `MONTH_FIRST` for dates like 03/04/2026; None where nobody knows.

    Raises:
        DayOrderError: If it may be two dates.
        ValueError: If it is none.
    """
    clock, zone, rest = split_clock(text)
    if zone is None:
        rest, zone = _trailing_zone(rest)
    date = _date(rest, order)
    return datetime.combine(date, clock or time(), zone)


def split_clock(text: str) -> tuple[time | None, tzinfo | None, str]:
    """Take the clock and the zone behind it out of a text; what is left is the third.

    Raises:
        ValueError: If the clock shows no time, or the zone is not known.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnknownFormError("too long for a time")
    # Narrow and other spaces that do not break.
    text = " ".join(text.split())
    found = _CLOCK.search(text.casefold()) if len(text.casefold()) == len(text) else None
    if found is None:
        return None, None, text
    before, behind = text[: found.start()], text[found.end() :]
    zone = None
    if named := _ZONE.match(behind):
        zone = find_zone(named[1])
        if zone is not None:
            behind = behind[named.end() :]
            # `GMT-0700 (Pacific Daylight Time)`.
            behind = re.sub(r"^\s*\([^)]*\)", "", behind)
        elif named[1].isupper() and not _is_of_date(named[1].casefold()):
            raise ValueError("its time zone is not known")
    return _clock(found), zone, f"{before.removesuffix('T')} {behind}"


def _is_of_date(word: str) -> bool:
    return word in PARTICLES or word in WEEKDAYS or word in MONTHS


def _clock(found: re.Match[str]) -> time:
    hour = int(found[1])
    half = found[5] or found[7]
    if half:
        if hour > 12 and half.startswith("a"):
            raise ValueError("no such hour")
        # `13:00 PM` says the same twice.
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    fraction = int(f"{found[4] or 0:0<6}"[:6]) if found[4] else 0
    return time(hour, int(found[2] or found[6] or 0), int(found[3] or 0), fraction)


def _trailing_zone(text: str) -> tuple[str, tzinfo | None]:
    """`2026-03-14 UTC`: a day in a zone."""
    head, _, last = text.rpartition(" ")
    if head and last.casefold() in ("utc", "gmt", "z"):
        return head, find_zone(last)
    return text, None


def _date(text: str, order: str | None) -> datetime:
    cleaned = _cleaned(text)
    if found := _SPACED.fullmatch(cleaned):
        return datetime(int(found[3]), int(found[1]), int(found[2]))
    parts = cleaned.replace(",", " ").split()
    while True:
        written = " ".join(parts)
        date = _named_date(written) or _numbered_date(written, order)
        if date is not None:
            return date
        # `Sat`, `Samstag,`, `sam.`, `at`.
        if parts and parts[0].strip(".") in WEEKDAYS:
            del parts[0]
        elif any(part in PARTICLES or part == "-" for part in parts):
            parts = [part for part in parts if part not in PARTICLES and part != "-"]
        elif len(parts) > 3 and parts[-1].strip(".") in WEEKDAYS:
            del parts[-1]
        else:
            raise UnknownFormError("in no form that is known")


def _cleaned(text: str) -> str:
    lower = text.casefold().strip(" ,;@·|()[]")
    if not lower.isascii():
        apart = unicodedata.normalize("NFKD", lower)
        lower = "".join(one for one in apart if not unicodedata.combining(one))
    return _ORDINAL.sub("", _REVIEWED.sub("", lower))


def _named_date(written: str) -> datetime | None:
    for form, (day, month, year) in (
        (_DAY_NAME, (1, 2, 3)),
        (_NAME_DAY, (2, 1, 3)),
        (_YEAR_NAME, (3, 2, 1)),
    ):
        found = form.fullmatch(written)
        if found and found[month] in MONTHS:
            return datetime(_year(found[year]), MONTHS[found[month]], int(found[day]))
    return None


def _numbered_date(written: str, order: str | None) -> datetime | None:
    if found := _YEAR_FIRST.fullmatch(written):
        parts = found.group(1, 3, 4) if found[1] else found.group(5, 6, 7)
        return datetime(int(parts[0]), int(parts[1]), int(parts[2]))
    found = _NUMBERS.fullmatch(written)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    # Who writes full stops writes the day first, unless it is said otherwise.
    order = order or (DAY_FIRST if found[2] == "." else None)
    if first > 12:
        order = DAY_FIRST
    elif second > 12:
        order = MONTH_FIRST
    elif order is None and first != second:
        raise DayOrderError("day and month cannot be told apart")
    return datetime(year, second, first) if order == DAY_FIRST else datetime(year, first, second)


def order_shown(text: str) -> tuple[str | None, bool] | None:
    """What a value shows about the order of day and month.

    Returns:
        The order, None where it shows none, and whether full stops part its numbers; None where
        it is no date of that kind.
    """
    try:
        _, _, rest = split_clock(text)
    except ValueError:
        return None
    parts = [part for part in _cleaned(rest).replace(",", " ").split() if part not in PARTICLES]
    if parts and parts[0].strip(".") in WEEKDAYS:
        del parts[0]
    found = _NUMBERS.fullmatch(" ".join(parts))
    if not found:
        return None
    first, second, stops = int(found[1]), int(found[3]), found[2] == "."
    if first > 12 >= second:
        return DAY_FIRST, stops
    if second > 12 >= first:
        return MONTH_FIRST, stops
    return None, stops or first == second


def _year(written: str) -> int:
    """Years of two digits are 1969 to 2068, as POSIX has it."""
    year = int(written)
    if len(written) == 2:
        year += 2000 if year < 69 else 1900
    return year
