"""Places of an answer that differ from customer to customer: `{name}`, `{{product}}`, `[NAME]`.

They are filled with what came with the document, where that is known. What is not known stays as it
stands, for whoever reads the draft to see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schema.document import About

#: Brackets are places only around capitals: `[sic]` is none.
_PLACE = re.compile(
    r"\{\{\s*(?P<double>[^{}]+?)\s*\}\}|\{\s*(?P<single>[^{}]+?)\s*\}"
    r"|\[(?P<capitals>[A-Z][A-Z0-9 _.-]*)\]"
)
_NO_NAME = re.compile(r"[\W_]+")
#: Characters of a value that is filled in: a longer one is no name and no number.
_MOST_CHARACTERS = 100
#: Other names for the same, for places that the document has no column for.
_ALIKE = (
    frozenset(["name", "customername", "customer", "fullname", "requestername", "author"]),
    frozenset(["order", "orderid", "ordernumber", "orderno"]),
    frozenset(["product", "productname", "item"]),
    frozenset(["rating", "stars", "score"]),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """An answer with its places filled as far as that could be done.

    Attributes:
        open_places: Those that could not, as they stand in it, each once.
    """

    text: str
    open_places: tuple[str, ...]


def fill(reply: str, about: About | None) -> Filled:
    """Fill the places of an answer.

    A place is known by its name without regard to case and marks, or by what stands behind its last
    dot: `{{ticket.requester.name}}` is `name`.

    Args:
        reply: The answer as the library has it.
        about: What is known of the document; None where nothing is.
    """
    values = _values(about)
    still_open: dict[str, None] = {}

    def filled(place: re.Match[str]) -> str:
        value = _value_of(place[place.lastgroup or 0], values)
        if value is None:
            still_open[place[0]] = None
            return place[0]
        return value

    text = _PLACE.sub(filled, reply)
    return Filled(text, tuple(still_open))


def known_values(reply: str, about: About | None) -> dict[str, str]:
    """The places of an answer that can be filled, by name, with what they are filled with."""
    values = _values(about)
    named = {place[place.lastgroup or 0] for place in _PLACE.finditer(reply)}
    found = {name: _value_of(name, values) for name in named}
    return {name: value for name, value in found.items() if value is not None}


def _value_of(name: str, values: Mapping[str, str]) -> str | None:
    for key in dict.fromkeys((_key(name), _key(name.rpartition(".")[2]))):
        alike = next((names for names in _ALIKE if key in names), frozenset())
        for other in (key, *sorted(alike)):
            if other in values:
                return values[other]
    return None


def _values(about: About | None) -> dict[str, str]:
    """By the name of a column, without case and marks, what can stand in a sentence."""
    if about is None:
        return {}
    said: dict[str, Any] = {**about.fields, "product": about.product, "rating": about.rating}
    written = {_key(name): _written(value) for name, value in said.items()}
    return {key: value for key, value in written.items() if key and value}


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value).strip()
    return text if len(text) <= _MOST_CHARACTERS and text.isprintable() else ""


def _key(name: str) -> str:
    return _NO_NAME.sub("", name).casefold()
