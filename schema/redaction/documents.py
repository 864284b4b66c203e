"""What is known of documents for redacting them: their language, their product, and the people and
places that models have found in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection, select

from schema.redaction.fields import kind_of_key
from schema.redaction.redact import Known
from schema.results.entity import EntityRow
from schema.results.reply import ReplyRow
from schema.tables import DocumentRow

#: Documents that are read at once; SQLite takes no more parameters than some thousands.
BLOCK = 500
#: What models call people and places.
_PEOPLE, _PLACES = ("PER", "PERSON"), ("LOC", "GPE", "LOCATION")


_FIRST_WORD = re.compile(r"\w+")


class People:
    """Names of two words or more, for texts of which nobody knows the document: one word alone can
    mean anything, as soon as it is of another text.

    Args:
        names: Such names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_word: dict[str, list[str]] = {}
        for name in names:
            first = _FIRST_WORD.search(name)
            if first and len(name.split()) > 1:
                self._by_word.setdefault(first[0], []).append(name)

    def known_of(self, text: str, known: Known) -> Known:
        """What is known of a text, with the names that are in it."""
        words = set(_FIRST_WORD.findall(text)) if self._by_word else ()
        found = [name for word in words for name in self._by_word.get(word, ()) if name in text]
        return replace(known, people=(*known.people, *sorted(found))) if found else known


def read_people(connection: Connection) -> People:
    """Read the names that models are sure of, in whichever document."""
    statement = select(EntityRow.text).where(
        EntityRow.unsure.is_(False), EntityRow.type.in_(_PEOPLE), EntityRow.text.contains(" ")
    )
    names = connection.execute(statement.distinct().order_by(EntityRow.text)).scalars()
    return People(name for name in names if _is_written_like_a_name(name))


def read_known(connection: Connection, documents: Iterable[int]) -> dict[int, Known]:
    """What is known of some documents, by their ids; of unknown ids nothing.

    Names count that a model is sure of, in whichever run: also a result that has been overtaken
    says that somebody is named.
    """
    wanted = sorted(set(documents))
    found: dict[int, Known] = {}
    for start in range(0, len(wanted), BLOCK):
        found |= _read(connection, wanted[start : start + BLOCK])
    return found


def _read(connection: Connection, ids: list[int]) -> dict[int, Known]:
    columns = (DocumentRow.id, DocumentRow.language, DocumentRow.product)
    documents = connection.execute(select(*columns).where(DocumentRow.id.in_(ids))).all()
    entities = (
        select(EntityRow.document_id, EntityRow.type, EntityRow.text)
        .where(EntityRow.document_id.in_(ids), EntityRow.unsure.is_(False))
        .where(EntityRow.type.in_((*_PEOPLE, *_PLACES)))
        .distinct()
        .order_by(EntityRow.document_id, EntityRow.type, EntityRow.text)
    )
    named: dict[tuple[int, bool], list[str]] = {}
    for document, kind, text in connection.execute(entities):
        if _is_written_like_a_name(text):
            named.setdefault((document, kind in _PEOPLE), []).append(text)
    for document, is_name, value in _filled_in(connection, ids):
        named.setdefault((document, is_name), []).append(value)
    return {
        row.id: Known(
            language=row.language,
            people=tuple(named.get((row.id, True), ())),
            places=tuple(named.get((row.id, False), ())),
            kept=(row.product,) if row.product else (),
        )
        for row in documents
    }


def _filled_in(connection: Connection, ids: list[int]) -> Iterator[tuple[int, bool, str]]:
    """What came with documents beside their texts, and leads to a person: drafts of replies are
    filled with it. Gives document, whether it is a name, and the value.
    """
    drafted = select(ReplyRow.document_id).where(ReplyRow.document_id.in_(ids))
    columns = (DocumentRow.id, DocumentRow.extra)
    for document, extra in connection.execute(select(*columns).where(DocumentRow.id.in_(drafted))):
        for key, value in (extra or {}).items():
            kind = kind_of_key(str(key))
            if kind is not None and isinstance(value, str) and value.strip():
                yield document, kind == "name", value.strip()


def is_person(kind: str) -> bool:
    """Whether an entity's type is that of people."""
    return kind.upper() in _PEOPLE


def _is_written_like_a_name(text: str) -> bool:
    return len(text.strip()) > 1 and text != text.lower() and not any(map(str.isdigit, text))
