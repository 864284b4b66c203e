"""Ids of documents that are behind figures, so that each can be read up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, select

from schema.questions.scope import Scope, select_rows
from schema.questions.themed_documents import read_themed_documents
from schema.questions.themes import EXAMPLES, ThemeNames
from schema.reports import Period
from schema.tables import RollupDocument

Key = TypeVar("Key")

#: Newest documents that are looked through before all are.
NEWEST = 20_000
_NEWEST = f"""
SELECT d.time AS time FROM current_documents AS d
WHERE d.time IS NOT NULL ORDER BY d.time DESC LIMIT 1 OFFSET {NEWEST}
"""
#: Segments of which there are examples, in the order in which they are asked for.
MOST_SEGMENTS = 1_000
_OF_SEGMENTS = f"""
SELECT by_what, document FROM (
    SELECT by_what, document, ROW_NUMBER() OVER (
        PARTITION BY by_what ORDER BY time IS NULL, time DESC, document DESC
    ) AS ordinal
    FROM (
        SELECT /* by */ d.id AS document, d.time AS time
        FROM current_documents AS d
        WHERE {{condition}}
    ) AS those
    WHERE {{of_them}}
) AS ranked
WHERE ordinal <= {EXAMPLES}
ORDER BY ordinal
"""


def theme_examples(
    connection: Connection,
    scope: Scope,
    set_id: int,
    themes: Sequence[int],
) -> dict[int, tuple[int, ...]]:
    """By theme the ids of up to `EXAMPLES` documents, the newest first.

    Args:
        connection: Open.
        scope: Which documents.
        set_id: The set of themes.
        themes: Ids of those that are wanted.
    """
    if not themes:
        return {}
    # To join and to sort in SQL takes minutes of a million documents.
    names = ThemeNames(set_id, "", "", {})
    return read_themed_documents(connection, scope, names).newest(themes)


def newest_part(connection: Connection, scope: Scope) -> Scope:
    """The scope with only its newest documents, some `NEWEST`; all of a small one."""
    ends = scope.period
    if scope == Scope(ends):
        # The table has an index by time, which the view does not reach. What is stale in it makes
        # the part somewhat larger or smaller, and nothing wrong.
        statement = select(RollupDocument.time).where(RollupDocument.time.is_not(None))
        if ends.since is not None:
            statement = statement.where(RollupDocument.time >= ends.since)
        if ends.until is not None:
            statement = statement.where(RollupDocument.time < ends.until)
        newest = statement.order_by(RollupDocument.time.desc()).offset(NEWEST).limit(1)
        since = connection.execute(newest).scalar()
    else:
        found = select_rows(connection, _NEWEST, scope)
        since = found[0].time if found else None
    return replace(scope, period=Period(since or ends.since, ends.until))


def newest_first(
    scopes: Sequence[Scope],
    wanted: Mapping[Key, int],
    read: Callable[[Scope, Sequence[Key]], Mapping[Key, Sequence[int]]],
) -> dict[Key, Sequence[int]]:
    """By key the ids of documents, which are looked for in one scope after the other: to sort all
    that there are takes long, and most figures have enough of the newest.

    Args:
        scopes: Each is part of the next one, which is read where the one before has too few.
        wanted: How many ids each key shall have.
        read: Reads the ids of some keys.
    """
    found: dict[Key, Sequence[int]] = {}
    for scope in scopes if scopes[0] != scopes[-1] else scopes[:1]:
        few = [key for key, number in wanted.items() if len(found.get(key, ())) < number]
        if few:
            found |= read(scope, few)
    return found


def segment_examples(
    connection: Connection,
    scopes: Sequence[Scope],
    by: str,
    condition: str,
    totals: Mapping[str, int],
) -> dict[str, tuple[int, ...]]:
    """By segment the ids of up to `EXAMPLES` documents for which a condition holds, the newest
    first.

    Args:
        connection: Open.
        scopes: The newest of the documents, and all of them.
        by: What makes a segment.
        condition: On `current_documents AS d`.
        totals: By segment for how many documents it holds.
    """

    def read(part: Scope, segments: Sequence[str]) -> Mapping[str, Sequence[int]]:
        names = {f"segment{place}": name for place, name in enumerate(segments)}
        of_them = f"by_what IN ({', '.join(f':{name}' for name in names)})"
        sql = _OF_SEGMENTS.format(condition=condition, of_them=of_them if names else "1 = 1")
        found: dict[str, list[int]] = {}
        for segment, document in select_rows(connection, sql, part, by=by, **names):
            found.setdefault(str(segment), []).append(document)
        return found

    wanted = {segment: min(EXAMPLES, total) for segment, total in totals.items()}
    # What is so rare in so much that a database takes no list of it is not looked for further.
    most = dict(list(wanted.items())[:MOST_SEGMENTS])
    found = newest_first(scopes, most, read)
    return {segment: tuple(ids) for segment, ids in found.items()}
