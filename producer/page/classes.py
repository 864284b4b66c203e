"""The user's own labels, and intents: how many documents have which, and what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from producer.page.recent import Recent
from producer.page.texts import TextIndex
from schema.questions import Scope
from schema.questions.classes import ClassFigure, ClassTable, read_classes
from schema.questions.examples import newest_first
from schema.questions.scope import select_rows
from schema.reports import Period

#: Labels of an analysis that are shown, and analyses.
SHOWN, ANALYSES = 15, 8
#: Texts behind each.
TEXTS = 6
#: Documents up to which all are looked through for the texts of rare labels.
_FEW = 100_000
#: What stands for the documents that an analysis is unsure of, among labels.
UNSURE = ""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A label, and the key of its texts."""

    figure: ClassFigure
    key: str


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """An analysis.

    Attributes:
        rows: Labels; what says that there is none is last.
        more: Labels that are not shown.
        unsure_key: Of the texts of which the model is unsure.
        has_changes: Whether there is a period to compare with.
    """

    table: ClassTable
    rows: list[ClassRow]
    more: int
    unsure_key: str
    has_changes: bool


_TEXTS = f"""
SELECT analysis, label, document FROM (
    SELECT x.analysis AS analysis, x.label AS label, x.document AS document, ROW_NUMBER() OVER (
        PARTITION BY x.analysis, x.label ORDER BY x.time IS NULL, x.time DESC, x.document DESC
    ) AS place
    FROM (
        SELECT c.analysis AS analysis, CASE WHEN c.unsure THEN '{UNSURE}' ELSE c.label END AS label,
            c.document_id AS document, c.time AS time
        FROM v_classes AS c
        -- So that SQLite begins with the documents, which may be few.
        WHERE c.document_id IN (SELECT d.id FROM current_documents AS d)
          AND (c.ordinal = 0 OR NOT c.unsure)
    ) AS x
) AS ranked
WHERE place <= {TEXTS}
ORDER BY place
"""
#: Analysis and label.
Key = tuple[str, str]


def read_class_facts(
    connection: Connection, scope: Scope, index: TextIndex, newest: Scope, recent: Recent | None
) -> list[ClassFacts] | None:
    """Read them, and some of the scope's newest texts; None where there are none.

    Args:
        connection: Open.
        scope: Which documents.
        index: Notes the texts.
        newest: Its `newest_part`.
        recent: The period that changes are told of.
    """
    tables = read_classes(connection, scope, _period(recent))[:ANALYSES]
    if not tables:
        return None
    texts = _texts(connection, (newest, scope), tables)
    return [_facts(table, place, index, texts, recent) for place, table in enumerate(tables)]


def _period(recent: Recent | None) -> Period | None:
    if recent is None:
        return None
    since = datetime.combine(recent.first, time(), UTC)
    return Period(since, datetime.combine(recent.last + timedelta(days=1), time(), UTC))


def _facts(
    table: ClassTable,
    place: int,
    index: TextIndex,
    texts: Mapping[Key, Sequence[int]],
    recent: Recent | None,
) -> ClassFacts:
    shown = [one for one in table.labels if not one.is_none][:SHOWN]
    shown += [one for one in table.labels if one.is_none]
    rows = []
    for number, one in enumerate(shown):
        title = f"{table.analysis}: {one.label}"
        ids = texts.get((table.analysis, one.label), ())
        key = index.add(f"class{place}-{number}", title, one.share.count, ids)
        rows.append(ClassRow(one, key))
    ids = texts.get((table.analysis, UNSURE), ())
    title = f"{table.analysis}: unsure"
    unsure = index.add(f"class{place}-unsure", title, table.unsure.count, ids)
    return ClassFacts(table, rows, len(table.labels) - len(shown), unsure, recent is not None)


def _texts(
    connection: Connection, scopes: tuple[Scope, Scope], tables: Sequence[ClassTable]
) -> Mapping[Key, Sequence[int]]:
    wanted: dict[Key, int] = {}
    for table in tables:
        wanted |= {(table.analysis, one.label): one.share.count for one in table.labels}
        wanted[table.analysis, UNSURE] = table.unsure.count
    wanted = {key: min(TEXTS, count) for key, count in wanted.items() if count}

    def read(part: Scope, keys: Sequence[Key]) -> Mapping[Key, Sequence[int]]:
        found: dict[Key, list[int]] = {}
        for analysis, label, document in select_rows(connection, _TEXTS, part):
            found.setdefault((analysis, label), []).append(document)
        return {key: found[key] for key in keys if key in found}

    # Of very many a rare label has none but what the newest have: to sort all takes seconds.
    few = max(table.analysed for table in tables) <= _FEW
    return newest_first(scopes if few else scopes[:1], wanted, read)
