"""What customers name: brands, people, places, and how those who name them feel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from schema.questions import Scope
from schema.questions.examples import newest_first
from schema.questions.figures import Share
from schema.questions.scope import select_rows

#: Entities that are shown: those that most documents name.
SHOWN = 20
#: Rows that are read for them: a name may have several types, and some are no names.
READ = 5 * SHOWN
#: Texts behind each.
TEXTS = 8


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """An entity.

    Attributes:
        documents: How many surely name it.
        sides: Of these by side how many; `unsure` has those without polarity, too.
        negative: Of those whose polarity is sure.
        key: Of its texts.
        also: Other types that the model gives the name, each with its documents, some of which may
            be the same.
    """

    name: str
    type: str
    documents: int
    sides: dict[str, int]
    negative: Share
    key: str
    also: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class EntitiesFacts:
    """Entities, those that most documents name first.

    Attributes:
        found: How many there are, shown or not.
        unsure_mentions: Mentions that are left out of all figures, since the model is unsure.
    """

    shown: list[EntityFacts]
    found: int
    unsure_mentions: int


_ENTITIES = f"""
SELECT e.entity, e.type, e.merged, e.documents, e.negative, e.neutral, e.positive,
    COUNT(*) OVER () AS found
FROM v_entities AS e
ORDER BY e.documents DESC, e.merged, e.type
LIMIT {READ}
"""
#: Of all documents, as it is stored; and of some, without making groups of their mentions.
_UNSURE = "SELECT CAST(COALESCE(SUM(e.unsure_mentions), 0) AS BIGINT) FROM current_entities AS e"
_UNSURE_OF_SOME = "SELECT COUNT(*) FROM v_mentions AS m WHERE m.unsure"
_TEXTS = f"""
SELECT type, entity, document FROM (
    SELECT m.type AS type, m.entity AS entity, m.document_id AS document, ROW_NUMBER() OVER (
        PARTITION BY m.type, m.entity ORDER BY m.time IS NULL, m.time DESC, m.document_id DESC
    ) AS place
    FROM v_mentions AS m
    WHERE NOT m.unsure AND m.entity IN ({{names}})
        -- So that SQLite begins with the documents, which may be few.
        AND m.document_id IN (SELECT d.id FROM current_documents AS d)
) AS ranked
WHERE place <= {4 * TEXTS}
ORDER BY place
"""
#: The type, and the spelling that all have in common.
Entity = tuple[str, str]


def read_entities(
    connection: Connection, scope: Scope, index: TextIndex, newest: Scope
) -> EntitiesFacts | None:
    """Read them, and some of the scope's newest texts; None if no document names any."""
    found = select_rows(connection, _ENTITIES, scope)
    # Of each name the type that most documents give it; what has no letter is no name.
    by_name: dict[str, list[Any]] = {}
    for row in found:
        if any(character.isalnum() for character in row.merged):
            by_name.setdefault(row.merged, []).append(row)
    rows = [given[0] for given in by_name.values()][:SHOWN]
    if not rows:
        return None

    def read(part: Scope, wanted: Sequence[Entity]) -> dict[Entity, list[int]]:
        names = {f"name{place}": entity for place, (_, entity) in enumerate(wanted)}
        sql = _TEXTS.format(names=", ".join(f":{name}" for name in names))
        ids_of: dict[Entity, list[int]] = {}
        for kind, entity, document in select_rows(connection, sql, part, **names):
            ids = ids_of.setdefault((kind, entity), [])
            if document not in ids and len(ids) < TEXTS:
                ids.append(document)
        return ids_of

    wanted = {(row.type, row.merged): min(TEXTS, row.documents) for row in rows}
    texts = newest_first((newest, scope), wanted, read)
    shown = []
    for place, row in enumerate(rows):
        known = row.negative + row.neutral + row.positive
        chosen = texts.get((row.type, row.merged), ())
        key = index.add(f"entity{place}", f"{row.entity} ({row.type})", row.documents, chosen)
        sides = {
            "negative": row.negative,
            "neutral": row.neutral,
            "positive": row.positive,
            "unsure": row.documents - known,
        }
        negative = Share.of(row.negative, known)
        also = [(one.type, one.documents) for one in by_name[row.merged][1:]]
        facts = EntityFacts(row.entity, row.type, row.documents, sides, negative, key, also)
        shown.append(facts)
    sql = _UNSURE if scope.is_everything else _UNSURE_OF_SOME
    ((unsure,),) = select_rows(connection, sql, scope)
    return EntitiesFacts(shown, found[0].found, unsure)
