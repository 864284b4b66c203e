"""Names of people: behind a title, where somebody introduces himself or signs, those that begin
with a given name, and those that a model has found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from schema.redaction.found import Found, Kind
from schema.redaction.word_lists import NAME_WORD, UPPER, in_language, one_of, word_lists

_LISTS = word_lists("names")
_GIVEN = frozenset(_LISTS["given"].split())
_WITH_SURNAME = frozenset(_LISTS["given_with_surname"].split())
_GIVEN_LOWER = frozenset(word.lower() for word in _GIVEN)
_BRANDS = frozenset(brand.strip() for brand in _LISTS["brands"].replace("\n", " ").split(","))
_TITLES = frozenset(word.strip(".") for words in _LISTS["titles"].values() for word in words)
_PARTICLES = one_of(_LISTS["particles"].split())
#: Behind the first word of a name.
_REST = rf"(?:[ \u00a0]+(?:(?:{_PARTICLES})[ \u00a0]+){{0,2}}{NAME_WORD})"
#: People who are addressed in Japanese and Chinese.
_HONORIFIC = re.compile(r"(?<![一-龥])(?!お|皆|奥|客|店|業者)([一-龥]{1,4})(?=さん(?!ざん)|様|氏)")
_CHINESE = re.compile(r"(?<![一-龥])([一-龥]{1,2})(?=先生|女士|小姐)")
_TURKISH = re.compile(rf"\b({NAME_WORD})(?=\s(?:Bey|Hanım)(?!\w))")
_WORD = re.compile(NAME_WORD)
#: Words that begin a sentence, and so are no surname behind a given name.
_NO_SURNAME = frozenset(
    (
        *("I", "The", "A", "An", "It", "We", "You", "He", "She", "They", "My", "Our", "But", "And"),
        *("Or", "So", "If", "When", "This", "That", "There", "Not", "No", "Yes", "Is", "Was"),
        *("Ich", "Der", "Die", "Das", "Es", "Wir", "Sie", "Und", "Aber", "Mein", "Meine"),
        *("Service", "Support", "Kundenservice", "Team", "Shop", "Store", "Kundendienst"),
        *("Hotline", "Online", "Gold", "Silver", "Black", "White", "Bey", "Hanım", "Pro", "Plus"),
        *("Max", "Mini", "Ultra", "Street", "Road", "Avenue", "Airport", "Hotel"),
    )
)


def find_names(text: str, language: str | None, people: Collection[str] = ()) -> Iterator[Found]:
    """Where they are.

    Args:
        text: Any.
        language: That of its words; None if it is not known.
        people: Names that are known to be in texts like it.
    """
    for pattern in _cues(language):
        for one in pattern.finditer(text):
            start, end = one.span("name")
            if not _is_brand(text, one.start(), end) and _is_name(one["name"]):
                yield Found(start, end, Kind.NAME)
    yield from _after_introduction(text, language)
    yield from _given(text)
    for pattern in (_HONORIFIC, _CHINESE, _TURKISH):
        yield from (Found(*one.span(1), Kind.NAME) for one in pattern.finditer(text))
    for person in people:
        if person in text:
            found = re.finditer(rf"(?<!\w){re.escape(person)}(?!\w)", text)
            # A model, too, takes some brands for people.
            spans = (one.span() for one in found if not _is_brand(text, *one.span()))
            yield from (Found(start, end, Kind.NAME) for start, end in spans)


@cache
def _cues(language: str | None) -> tuple[re.Pattern[str], ...]:
    titles = set(in_language(_LISTS["titles"], language))
    for spoken, words in _LISTS["ambiguous"].items():
        titles -= set(words) if spoken != language else set()
    behind = rf"(?:(?:{one_of(titles)})\.?\s+){{1,3}}"
    closings = in_language(_LISTS["closings"], language)
    spoken = one_of(closings)
    either = one_of([*closings, *in_language(_LISTS["thanks"], language)])
    written = rf"(?:{behind})?(?P<name>{NAME_WORD}{_REST}{{0,3}})"
    roles = one_of(in_language(_LISTS["roles"], language))
    end = r"(?=\s*(?:$|[\n.,;!?(|]))"
    return (
        re.compile(rf"(?<!\w){behind}(?P<name>{NAME_WORD}{_REST}{{0,2}})"),
        re.compile(
            rf"(?<!\w)(?i:{roles})(?:,\s|\s\(|\s)(?:{behind})?(?P<name>{NAME_WORD}{_REST}{{0,2}})"
        ),
        # On a line of its own behind the greeting, or at the end of the text.
        re.compile(rf"(?<!\w)(?i:{either})\s*[,.!:–-]*\s*\n\s*{written}{end}"),
        re.compile(rf"(?<!\w)(?i:{spoken})\s*[,!:–-]*\s+{written}\s*\.?\s*$"),
    )


@cache
def _introductions(language: str | None) -> tuple[re.Pattern[str], ...]:
    written = {"introductions": "{0,3}", "presentations": "{1,3}"}
    return tuple(
        re.compile(
            rf"(?<!\w)(?i:{one_of(in_language(_LISTS[words], language))})[\s:]+"
            rf"(?:(?P<name>{NAME_WORD}{_REST}{surnames})|(?P<plain>\w+))"
        )
        for words, surnames in written.items()
    )


def _after_introduction(text: str, language: str | None) -> Iterator[Found]:
    patterns = _introductions(language)
    for one in (found for pattern in patterns for found in pattern.finditer(text)):
        if one["name"] is not None:
            if not _is_brand(text, *one.span("name")) and _is_name(one["name"]):
                yield Found(*one.span("name"), Kind.NAME)
        elif one["plain"] in _GIVEN_LOWER:
            # Without capitals nobody can tell a surname from the next word of the sentence.
            yield Found(*one.span("plain"), Kind.NAME)


_SURNAMES = re.compile(rf"{_REST}{{1,3}}")


def _given(text: str) -> Iterator[Found]:
    end = 0
    for word in _WORD.finditer(text):
        if word.start() < end:
            continue
        first = re.split(r"['’]s$", word[0])[0]
        start = word.start()
        parts = first.split("-")
        surnames = _SURNAMES.match(text, word.end()) if first == word[0] else None
        if surnames and surnames[0].split()[-1] in _NO_SURNAME:
            surnames = None
        sure = all(part in _GIVEN for part in parts)
        if not sure and not (parts[0] in _WITH_SURNAME | _GIVEN and surnames):
            continue
        end = surnames.end() if surnames else start + len(first)
        if surnames and not _is_name(surnames[0]):
            end = start + len(first)
            if not sure:
                continue
        if not _is_brand(text, start, end):
            yield Found(start, end, Kind.NAME)


def _is_name(surnames: str) -> bool:
    """Whether words read like surnames, and not like a brand, a model, or a title alone."""
    return (
        surnames.split()[0].strip(".") not in _TITLES
        and all(
            not word.strip(".").isupper() or len(word.strip(".")) == 1
            for word in surnames.split()
            if word[:1] in UPPER
        )
        and not any(map(str.isdigit, surnames))
    )


def _is_brand(text: str, start: int, end: int) -> bool:
    said = text[start:end]
    return any(
        said == one or (said in one and _around(text, start, one)) for one in _BRANDS
    ) or any(
        said.startswith(f"{one} ") or said.startswith(f"{one}’") or said.startswith(f"{one}'")
        for one in _BRANDS
    )


def _around(text: str, start: int, brand: str) -> bool:
    """Whether a brand lies over a place of a text."""
    near = text[max(0, start - len(brand)) : start + len(brand)]
    return brand in near
