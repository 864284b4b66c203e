"""Known results: what the same model has made of the same text before, for the same question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Engine, LargeBinary, text

from schema.database import reading
from schema.database.types import BigId
from schema.results import OrdinalTable, Result, result_table
from schema.tables import EmptyResult

# Of each key the newest row alone is looked for, however many documents say the same. The index
# has all three columns, so that both look-ups end at the same entry.
_NEWEST = """
    WITH wanted (cache_key) AS (VALUES {wanted}),
    newest AS (
        SELECT w.cache_key, (SELECT t.run_id {of_key}) AS run_id,
            (SELECT t.document_id {of_key}) AS document_id
        FROM wanted AS w
    )
    SELECT n.cache_key, n.run_id {columns} FROM newest AS n
    JOIN {table} AS r ON r.run_id = n.run_id AND r.document_id = n.document_id
    {also}
"""
_OF_KEY = """
    FROM {table} AS t WHERE t.cache_key = w.cache_key
    ORDER BY t.run_id DESC, t.document_id DESC LIMIT 1
"""


@dataclass(slots=True)
class _Known:
    """The newest results of a key."""

    run_id: int
    results: list[Result] = field(default_factory=list)


def find_known(
    engine: Engine, analysis: str, keys: Iterable[bytes]
) -> dict[bytes, Sequence[Result]]:
    """Find results that are stored already.

    Args:
        engine: The database.
        analysis: Whose results.
        keys: Hashes over all that they are made of, see `ResultTable.cache_key`.

    Returns:
        By key what is newest: possibly no results, where nothing was found. What is not known is
        left out.
    """
    wanted = list(keys)
    if not wanted:
        return {}
    table = result_table(analysis)
    known: dict[bytes, _Known] = {}
    with reading(engine) as connection:
        whose = {"analysis": analysis} if table.of_many else {}
        for row in _find_newest(connection, table, wanted, **whose):
            key, run_id, *values = row
            one = known.setdefault(bytes(key), _Known(run_id))
            one.results.append(table.result(*values))
        if issubclass(table, OrdinalTable):
            for key, run_id in _find_newest(connection, EmptyResult, wanted, analysis=analysis):
                if key not in known or known[key].run_id < run_id:
                    known[bytes(key)] = _Known(run_id)
    return {key: one.results for key, one in known.items()}


def _find_newest(connection: Connection, table: Any, wanted: Sequence[bytes], **values: Any) -> Any:
    """The rows of the newest document of each key: the key, the run, and what the result has."""
    numbered = {f"k{number}": key for number, key in enumerate(wanted)}
    return connection.execute(_statement(table, len(wanted)), numbered | values)


@lru_cache(maxsize=64)
def _statement(table: Any, keys: int) -> Any:
    """Made once for the number of documents that most jobs have, which takes longer than to run."""
    names = [one.name for one in fields(table.result)] if table is not EmptyResult else []
    # Their keys have the analysis, too.
    whose = "WHERE r.analysis = :analysis " if table is EmptyResult or table.of_many else ""
    also = whose + ("ORDER BY r.ordinal" if hasattr(table, "ordinal") else "")
    name = table.__tablename__
    statement = _NEWEST.format(
        wanted=", ".join(f"(:k{number})" for number in range(keys)),
        of_key=_OF_KEY.format(table=name),
        columns="".join(f', r."{column}"' for column in names),
        table=name,
        also=also,
    )
    typed: list[Any] = [Column("cache_key", LargeBinary), Column("run_id", BigId)]
    typed += [Column(column, getattr(table, column).type) for column in names]
    return text(statement).columns(*typed)
