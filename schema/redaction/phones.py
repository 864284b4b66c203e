"""Telephone numbers, by the plans of the countries that a text may be from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from schema.redaction.found import Found, Kind
from schema.redaction.word_lists import one_of, word_lists

#: What could be one: seven digits with no more than two other characters between two of them.
_CANDIDATE = re.compile(r"\+?\(?\d(?:[ ./()\-–\u00a0]{0,2}\d){6,}")
_AMERICAN = re.compile(r"(?<![\w.-])(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-.]\d{4}(?![\w-])")
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}")
#: What stands beside a price or a measure.
_UNIT = re.compile(
    r"\s?(?:[€$£¥%°]|(?:eur|usd|gbp|chf|zł|pln|kr|kg|g|mg|mm|cm|m|km|ml|l|gb|tb|mb|mah|w|kwh|v|hz)\b)",
    re.IGNORECASE,
)
#: Between the digits of a number that nobody announces.
_GROUPED = re.compile(r"[ /()\-–\u00a0]")


def find_phones(text: str, language: str | None) -> Iterator[Found]:
    """Where they are.

    Args:
        text: Any.
        language: Its language, which says where numbers without the prefix of a country are from.
    """
    if not _CANDIDATE.search(text):
        return
    # It loads the plans of a country when it is asked for.
    from phonenumbers import PhoneNumberMatcher

    lists = word_lists("numbers")["regions"]
    for region in lists.get(language or "other", lists["other"]):
        for match in PhoneNumberMatcher(text, region):
            if _is_believed(text, match.start, match.end):
                yield Found(match.start, match.end, Kind.PHONE)
    if language in (None, "en"):
        # Also where no such area is given out, as in films.
        yield from (Found(*one.span(), Kind.PHONE) for one in _AMERICAN.finditer(text))
    for one in _announced().finditer(text):
        yield Found(*one.span(1), Kind.PHONE)


def _is_believed(text: str, start: int, end: int) -> bool:
    said = text[start:end]
    if _DATE.fullmatch(said) or text[max(0, start - 1) : start] in tuple("€$£¥#"):
        return False
    if _UNIT.match(text, end):
        return False
    plus = said.startswith(("+", "00"))
    return plus or said.startswith(("0", "(")) or len(_GROUPED.findall(said)) >= 2


@cache
def _announced() -> re.Pattern[str]:
    """A number that is said to be one, whatever its form."""
    words = one_of(word_lists("numbers")["telephone"]["words"])
    return re.compile(
        rf"(?<!\w)(?:{words})(?:\s(?:is|ist|est|es|è|to|nr|no|number))?\W{{0,3}}"
        r"(\+?\(?\d(?:[ ./()\-–]{0,2}\d){5,14})",
        re.IGNORECASE,
    )
