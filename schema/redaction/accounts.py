"""Payment cards and IBANs, by their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schema.redaction.found import Found, Kind

_CARD = re.compile(r"(?<![\w.,-])[2-6]\d{3}(?:[ -]?\d){8,14}\d(?![\w-])")
#: Digits of payment cards (ISO/IEC 7812).
_CARD_DIGITS = range(13, 20)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,9}\b", re.IGNORECASE)
_IBAN_CHARACTERS = range(15, 35)


def find_cards(text: str) -> Iterator[Found]:
    """Where numbers of payment cards are (Luhn)."""
    for one in _CARD.finditer(text):
        digits = [int(each) for each in one[0] if each.isdigit()]
        if len(digits) in _CARD_DIGITS and _luhn(digits) and len(set(digits)) > 1:
            yield Found(*one.span(), Kind.CARD)


def _luhn(digits: list[int]) -> bool:
    doubled = (2 * each - 9 * (each > 4) for each in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def find_ibans(text: str) -> Iterator[Found]:
    """Where IBANs are (ISO 13616: the remainder of 97)."""
    for one in _IBAN.finditer(text):
        # What follows one may look like a part of it.
        ends = [one.end(), *(one.start() + each.start() for each in re.finditer(r"[ -]", one[0]))]
        for end in sorted(ends, reverse=True):
            said = re.sub(r"[ -]", "", text[one.start() : end]).upper()
            if len(said) in _IBAN_CHARACTERS and _is_iban(said):
                yield Found(one.start(), end, Kind.IBAN)
                break


def _is_iban(said: str) -> bool:
    digits = "".join(str(int(each, 36)) for each in said[4:] + said[:4])
    return int(digits) % 97 == 1
