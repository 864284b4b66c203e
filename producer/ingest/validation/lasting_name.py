"""A name for where files come from that stays the same from delivery to delivery."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december", "januar", "februar", "märz", "mai", "juni", "juli"),
    *("oktober", "dezember", "janvier", "février", "mars", "avril", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre", "enero", "febrero", "marzo", "abril"),
    *("mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    *("mrz", "okt", "dez"),
)
_DAYS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
    *("mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun"),
)
#: Words that tell one copy or delivery from the next.
_COPIES = (
    *("copy", "kopie", "copie", "copia", "of", "von", "final", "latest", "new", "neu", "old"),
    *("alt", "again", "today", "yesterday", "heute", "gestern", "first", "second", "third"),
    *("last", "part", "teil", "page", "seite", "batch", "chunk", "week", "woche", "day", "tag"),
    *("month", "monat", "year", "jahr", "daily", "weekly", "monthly", "am", "pm", "utc"),
)
#: A date or a number in whatever form; a word of the above, with a number or without.
_NAMED = "|".join((*_MONTHS, *_DAYS, *_COPIES))
_PASSING = re.compile(rf"\d[\dtz]*|\d+(st|nd|rd|th)|(v|q|h|kw|cw|w|no|nr)\d+|({_NAMED})\d*")
#: `reviews2026` and `reviews2` are `reviews`.
_NUMBER_BEHIND = re.compile(r"(?<=[^\W\d_]{3})\d+$")


def lasting_name(stem: str, folder: str) -> str:
    """The name of a file without what changes from delivery to delivery.

    Dates, months, days, numbers and marks of copies are taken off both ends: `reviews_2026-10`,
    `reviews (2)` and `Copy of reviews` are all `reviews`.

    Args:
        stem: The file's name without its ending.
        folder: The name of its folder, which is taken where nothing else is left.
    """
    words = list(_WORD.finditer(stem))
    while words and _PASSING.fullmatch(words[-1][0].casefold()):
        words.pop()
    while words and _PASSING.fullmatch(words[0][0].casefold()):
        words.pop(0)
    if not words:
        return folder or stem
    return _NUMBER_BEHIND.sub("", stem[words[0].start() : words[-1].end()])


def first_word(name: str) -> str:
    """The first word of a name, in small letters."""
    found = _WORD.search(name)
    return found[0].casefold() if found else ""
