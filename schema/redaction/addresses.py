"""Postal addresses: a street with its number, and the postcode and place behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from schema.redaction.found import Found, Kind
from schema.redaction.word_lists import NAME_WORD, UPPER, one_of

_HOUSE = r"\d{1,4}(?:\s?[a-zA-Z](?!\w))?(?:\s?[-/]\s?\d{1,4}[a-zA-Z]?)?(?!\d|[.,]\d|\s?[%€$£])"
_WITHIN = "de|la|las|los|del|della|dei|du|des|da|do|dos|von|van|der|den|the|of"
_WORDS = rf"{NAME_WORD}(?:\s(?:(?:{_WITHIN})\s){{0,2}}{NAME_WORD}){{0,3}}"
_JOINS = (
    r"(?:(?:de la|de los|de las|du|des|de|del|della|dei|delle|dos|das|da|do)\s|de l['’]|d['’])?"
)

_ENGLISH = one_of(
    (
        *("Street", "St", "Road", "Rd", "Avenue", "Ave", "Lane", "Ln", "Drive", "Dr", "Close"),
        *("Court", "Ct", "Boulevard", "Blvd", "Way", "Place", "Pl", "Square", "Sq", "Terrace"),
        *("Crescent", "Gardens", "Grove", "Parkway", "Pkwy", "Highway", "Hwy", "Row", "Mews"),
        *("Hill",),
    )
)
_SUFFIXES = "straße|strasse|str\\.|gasse|allee|straat|laan|gracht|gatan|vägen|gade|veien|gata|vej"
#: Ends of words that are not always streets: a postcode has to follow.
_WEAK_SUFFIXES = "weg|platz|ring|damm|ufer|markt|plein|kade|steig|hof|berg|graben"
_FRENCH = "rue|avenue|av\\.|boulevard|bd|place|chemin|impasse|allée|quai|route|cours|square"
_PREFIXES = (
    r"[Cc]alle|C/|[Aa]venida|Avda\.?|[Pp]laza|[Pp]aseo|[Cc]arrer|Via|via|Viale|viale|Piazza|piazza|"
    r"[Cc]orso|[Rr]ua|[Tt]ravessa|[Pp]raça|[Aa]lameda|Largo|[Uu]l\.|[Uu]lica|[Uu]licy|[Aa]l\.|[Oo]s\.|"
    r"[Уу]л\.|[Уу]лица|[Пп]роспект|[Пп]р\."
)
_NUMBER_WORD = r"(?:n[.º°]\s?|nº\s?|no\.?\s?|No:?\s?|número\s|д\.\s?|nr\.?\s?)?"

_POSTCODE = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?!\w)|[A-Z]{2}\s\d{5}(?:-\d{4})?|"
    r"(?:[A-Z]{1,2}-)?\d{4,6}(?:\s?[A-Z]{2}(?!\w))?(?:-\d{3,4})?|\d{3}\s\d{2}|\d{2}-\d{3})"
    r"(?![\d.,:]\d|\s?[€$£%])"
)
_CITY = (
    rf"(?:(?:San|Santa|São|New|Den|Bad|Los|Las|St\.|Saint|Sankt|La|Le|Porto|Rio|North|South|West|"
    rf"East)\s)?{NAME_WORD}(?:(?:\s|-)(?:am|an der|im|upon|sur|de|do|la|del|sous|sul|nad)(?:\s|-)"
    rf"{NAME_WORD})?"
)
_FLATS = "Apt|Apartment|Flat|Unit|Suite|App|Wohnung|Whg|piso|m|кв|lok|bus|int"
_FLAT = rf"(?:,\s\d{{1,2}}[ºª°]\s?\w{{1,4}})?(?:[,\s]+(?:{_FLATS})\.?\s?\w{{1,5}})?"
_DIRECTION = r"(?:\s(?:NW|NE|SW|SE|N|S|E|W)(?!\w))?"
_TAIL = (
    rf"{_FLAT}(?:,?\s+(?:{_CITY},\s+|{_CITY}\s+(?=[A-Z\d]))?{_POSTCODE}"
    rf"(?:\s+(?:{_CITY})(?:\s\(?[A-Z]{{2}}\)?(?!\w))?)?|,\s{_CITY}(?=\s*(?:$|[.,;!\n])))?"
)
_NEEDED_TAIL = rf"{_FLAT},?\s+{_POSTCODE}\s+{_CITY}"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:(?:Flat|Apt|Apartment|Unit|Suite)\.?\s\w{{1,5}},?\s)?(?<![\w.,]){_HOUSE},?\s(?:{NAME_WORD}\s){{1,3}}(?:{_ENGLISH})(?!\w)\.?{_DIRECTION}{_TAIL}",
        rf"(?<![\w.,]){_HOUSE}(?:\s?(?:bis|ter))?,?\s(?i:{_FRENCH})\s{_JOINS}{_WORDS}{_TAIL}",
        rf"\b[{UPPER}][\w-]+(?:(?<=\w)|(?<=-)|\s)(?i:{_SUFFIXES})\s?{_HOUSE}{_TAIL}",
        rf"\b[{UPPER}][\w-]*(?:{_WEAK_SUFFIXES}|\s[{UPPER}](?:eg|latz|ing|amm|fer|arkt))\s{_HOUSE}"
        rf"{_NEEDED_TAIL}",
        rf"\b(?:Am|(?:An|In) (?:der|den)|Im|Auf de[rm]|Unter den|Zu[mr])\s{_WORDS}\s{_HOUSE}"
        rf"{_NEEDED_TAIL}",
        rf"(?<!\w)(?:{_PREFIXES})\s?{_JOINS}{_WORDS},?\s{_NUMBER_WORD}{_HOUSE}{_TAIL}",
        rf"\b{NAME_WORD}(?:\s{NAME_WORD})?\s(?:Caddesi|Cad\.|Cd\.|Sokak|Sokağı|Sok\.|Mahallesi|Mah\.)"
        rf"(?:[,\s]+No:?\s?\d+\w?)?{_TAIL}",
        r"\b(?:Postfach|P\.?\s?O\.?\s?Box|Apartado(?:\sde\sCorreos)?|Casella\sPostale|Postbus|Boîte\s"
        rf"postale|Caixa\sPostal)\s\d[\d\s]{{1,8}}\d(?!\d){_TAIL}",
        r"(?:〒?\d{3}-\d{4}\s?)?(?:東京都|北海道|(?:京都|大阪)府|[一-龥]{2,3}県)"
        r"[一-龥ぁ-んァ-ヶー]{1,20}[\d０-９一-龥丁目番地号\-－ー]{1,16}",
        r"[一-龥]{2,8}[省市][一-龥]{1,8}[区县市區縣][一-龥\d]{2,20}[号室楼號樓]",
    )
)


def find_addresses(text: str, places: Sequence[str] = ()) -> Iterator[Found]:
    """Where they are.

    Args:
        text: Any.
        places: Names of places in it; one that stands behind an address belongs to it.
    """
    if not any(character.isdigit() for character in text):
        return
    behind = re.compile(rf",?\s+(?:{one_of(places)})(?!\w)") if places else None
    for pattern in _PATTERNS:
        for one in pattern.finditer(text):
            end = one.end()
            place = behind.match(text, end) if behind else None
            yield Found(one.start(), place.end() if place else end, Kind.ADDRESS)
