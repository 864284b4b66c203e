"""Facts of any shape without what leads to a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection

from schema.redaction.documents import People, is_person, read_known, read_people
from schema.redaction.fields import redact_field
from schema.redaction.redact import Known, redact

T = TypeVar("T")

#: Fields that hold words of ours, of models, or of whoever sells.
_KEPT = frozenset(
    (
        *("key", "keys", "type", "source", "product", "language", "polarity", "step", "side_names"),
        *(
            "basis",
            "analysis",
            "model",
            "revision",
            "measure",
            "command",
            "mood",
            "missing",
            "label",
            "how",
            "reason",
        ),
        *("sides", "weeks"),
    )
)
#: Products whose names stay in whichever text, of those that the documents are about.
PRODUCTS = 200
#: Fields that say of which document a fact is.
_DOCUMENT = ("document_id", "document")


def redact_facts(connection: Connection, facts: T) -> T:
    """The same with marks in place of names, addresses and numbers, in every text in it.

    Args:
        connection: Open; it says what models have found in the documents that facts name.
        facts: Fields that hold words of ours or of models, such as `polarity`, stay as they are.
    """
    known = read_known(connection, set(_documents(facts)))
    kept = sorted({product for one in known.values() for product in one.kept})[:PRODUCTS]
    anywhere = Known(kept=tuple(kept))
    known = {
        document: replace(one, kept=tuple({*one.kept, *kept})) for document, one in known.items()
    }
    redacted: T = _Redaction(known, read_people(connection)).of(facts, anywhere)
    return redacted


def _documents(value: Any) -> Iterator[int]:
    """The documents that facts name."""
    if is_dataclass(value) and not isinstance(value, type):
        document = _document_of(value)
        if document is not None:
            yield document
        for one in fields(value):
            yield from _documents(getattr(value, one.name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _documents(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _documents(inner)


def _document_of(value: Any) -> int | None:
    names = (*_DOCUMENT, *(("id",) if hasattr(value, "external_id") else ()))
    found = next((getattr(value, name) for name in names if hasattr(value, name)), None)
    return found if isinstance(found, int) else None


class _Redaction:
    """Redacts facts; which texts are whose, it takes from the ids beside them.

    Args:
        known: What is known of documents, by their ids.
        people: Who may be named in what has no id.
    """

    def __init__(self, known: dict[int, Known], people: People) -> None:
        self._known = known
        self._people = people

    def of(self, value: Any, known: Known) -> Any:
        """A value without what leads to a person."""
        # An enumeration is of ours.
        if type(value) is str:
            return redact(value, self._people.known_of(value, known))
        if is_dataclass(value) and not isinstance(value, type):
            return self._dataclass(value, known)
        if isinstance(value, dict):
            return {key: self.of(inner, known) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.of(inner, known) for inner in value]
        # A named tuple holds numbers.
        if type(value) is tuple:
            return tuple(self.of(inner, known) for inner in value)
        return value

    def _dataclass(self, value: Any, known: Known) -> Any:
        document = _document_of(value)
        if document is not None:
            known = self._known.get(document, known)
        names = {one.name for one in fields(value)}
        changed: dict[str, Any] = {}
        for name in names - _KEPT:
            before = getattr(value, name)
            after = self.of(before, known)
            if after is not before and after != before:
                changed[name] = after
        if "type" in names and "name" in names and is_person(str(value.type)):
            changed["name"] = "[name]"
        if "by" in names and "rows" in names:
            if value.by in _KEPT:
                changed.pop("rows", None)
            else:
                rows = changed.get("rows", value.rows)
                changed["rows"] = [_of_segment(one, value.by) for one in rows]
        return replace(value, **changed) if changed else value


def _of_segment(row: Any, by: str) -> Any:
    """A segment by a key whose values are people is one of them."""
    count = row.figures.segment.count
    said = redact_field(by, count.name)
    if said == count.name:
        return row
    segment = replace(row.figures.segment, count=replace(count, name=said))
    return replace(row, figures=replace(row.figures, segment=segment))
