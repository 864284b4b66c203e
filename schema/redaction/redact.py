"""Texts without what names their writers: a mark stands in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from schema.redaction.accounts import find_cards, find_ibans
from schema.redaction.addresses import find_addresses
from schema.redaction.found import Found, Kind, without_overlaps
from schema.redaction.ip_addresses import find_ips
from schema.redaction.mails import find_mails
from schema.redaction.names import find_names
from schema.redaction.phones import find_phones
from schema.redaction.references import find_references
from schema.redaction.word_lists import base_language


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a text beside its words.

    Attributes:
        language: As ISO 639-1 has it; None if nobody knows.
        people: Names of people in it, as models found them.
        places: Names of places in it, likewise.
        kept: Names that stay, whatever they look like: of products.
    """

    language: str | None = None
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


NOTHING = Known()


def redact(text: str, known: Known = NOTHING) -> str:
    """The text with a mark in place of each name, address and number that leads to a person, such
    as `[name]` or `[e-mail]`. Where a text names several people, `[name 1]` is the same one
    throughout.
    """
    found = find_personal(text, known)
    if not found:
        return text
    people = _people([text[one.start : one.end] for one in found if one.kind is Kind.NAME])
    parts, end = [], 0
    for one in found:
        parts += [text[end : one.start], f"[{_mark(one, text, people)}]"]
        end = one.end
    return "".join([*parts, text[end:]])


def find_personal(text: str, known: Known = NOTHING) -> list[Found]:
    """Where a text has what leads to a person, in its order, none over another."""
    language = base_language(known.language)
    found = [
        *find_mails(text),
        *find_ibans(text),
        *find_cards(text),
        *find_ips(text),
        *find_addresses(text, known.places),
        *find_phones(text, language),
        *find_references(text, language),
        *find_names(text, language, known.people),
    ]
    kept = [
        span.span()
        for name in known.kept
        if name and name in text
        for span in re.finditer(re.escape(name), text)
    ]
    return without_overlaps(
        one for one in found if not any(start < one.end and one.start < end for start, end in kept)
    )


def _people(names: Sequence[str]) -> dict[str, int]:
    """By name a number for whom it means; two that share a word mean one."""
    groups: list[set[str]] = []
    numbers = {}
    for name in names:
        words = {word.strip(".").casefold() for word in re.split(r"[\s]+", name)}
        same = next((place for place, group in enumerate(groups) if group & words), None)
        if same is None:
            groups.append(set(words))
            same = len(groups) - 1
        groups[same] |= words
        numbers[name] = same + 1
    return numbers


def _mark(one: Found, text: str, people: dict[str, int]) -> str:
    if one.kind is Kind.NAME and len(set(people.values())) > 1:
        return f"name {people[text[one.start : one.end]]}"
    return one.kind.value
