"""Which documents the report `urgent` lists, worked out beforehand for each block of documents.

To look through all texts takes half a minute for a million. So what was listed is kept, by blocks
like other rollups (`schema.views.rollup`): what was worked out of a block holds until something
changes in it, or in the rules. `schema.views.refresh` takes it away with the rollups of a block.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from schema.database import reading, writing
from schema.database.types import UtcDateTime
from schema.reports import urgent_candidates
from schema.reports.urgent_candidates import Select, listed_of, read_between
from schema.tables import DocumentRow, RollupStale, RollupUrgent, RollupUrgentBlock
from schema.views.dialect import write_out
from schema.views.refresh import lock_rollups
from schema.views.rollup import BESIDE, BLOCK

#: Documents that are read of the database at once, so that memory stays flat.
_ROWS = 1_000
#: What is stored of all blocks, each of which has a row, if none of its documents is listed.
_STORED = """
SELECT b.block AS block, r.id AS id, r.score AS score, r.words AS words, r.time AS time,
    g.group_id AS group_id
FROM rollup_urgent_blocks AS b
LEFT JOIN (
    rollup_urgent AS r{among}
    LEFT JOIN near_duplicates AS g ON g.document_id = r.id
) ON r.block = b.block
WHERE b.rules = '{rules}' AND b.block NOT IN (SELECT s.block FROM rollup_stale AS s)
"""
#: Of these, those that are asked for.
_AMONG = "\n    JOIN current_documents AS d ON d.id = r.id"


@dataclass(frozen=True, slots=True)
class Listed:
    """A document that somebody should call about.

    Attributes:
        id: Of the document.
        score: How urgent it is.
        time: When the customer wrote; None if not known.
        words: `text_key` of its text.
        group_id: Of its group of copies; None of none.
    """

    id: int
    score: float
    time: datetime | None
    words: int
    group_id: int | None


@cache
def rules_version() -> str:
    """By what a document is listed: a digest of the rules, and of the code that reads them."""
    files = sorted(
        (file.name, file.read_bytes())
        for file in resources.files("schema.urgency").iterdir()
        if file.name.endswith((".py", ".toml"))
    )
    module = urgent_candidates.__name__.rpartition(".")
    own = resources.files(module[0]).joinpath(f"{module[2]}.py").read_bytes()
    digest = hashlib.sha256(own)
    for name, content in files:
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()


def read_stored(select: Select, *, of_all: bool) -> tuple[list[int], Iterator[Listed]]:
    """Blocks that are worked out, and what is listed of them.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        of_all: Whether these are all.
    """
    among = "" if of_all else _AMONG
    # One statement, so that nobody takes a block away between the two.
    rows = list(select(_STORED.format(among=among, rules=rules_version())))
    listed = (
        Listed(row.id, row.score, row.time, row.words, row.group_id)
        for row in rows
        if row.id is not None
    )
    return sorted({row.block for row in rows}), listed


def refresh_urgent(engine: Engine) -> int:
    """Work out what is listed of each block of which it is not known, one in each transaction.

    Args:
        engine: The database; blocks whose other rollups are not fresh are left for later.

    Returns:
        How many; fewer where another process is at it.
    """
    # Nobody waits for a writer where there is nothing to do.
    with reading(engine) as connection:
        unknown = _unknown(connection)
    for done, block in enumerate(unknown):
        with writing(engine) as connection:
            # Whoever changes a document from here on leaves a mark that stays: only who holds the
            # lock takes marks away.
            if not lock_rollups(connection, wait=False):
                return done
            _work_out(connection, block)
    if unknown and engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            # Plans depend on how few are listed, and tables that are small nobody else counts.
            for table in BESIDE:
                connection.execute(text(f"ANALYZE {table}"))
    return len(unknown)


def _unknown(connection: Connection) -> list[int]:
    """Blocks of which it is not known what is listed, but those in which something has changed."""
    first, last = connection.execute(
        select(func.min(DocumentRow.id), func.max(DocumentRow.id))
    ).one()
    if first is None:
        return []
    of_rules = RollupUrgentBlock.rules == rules_version()
    known = set(connection.execute(select(RollupUrgentBlock.block).where(of_rules)).scalars())
    stale = set(connection.execute(select(RollupStale.block).distinct()).scalars())
    there = range(first // BLOCK, last // BLOCK + 1)
    return [block for block in there if block not in known | stale]


def _work_out(connection: Connection, block: int) -> None:
    # With numpy, for which no other report has to wait.
    from schema.insights.copies import text_key

    def select_all(sql: str) -> Iterator[Any]:
        statement = text(write_out(sql, connection.dialect.name)).columns(time=UtcDateTime())
        yield from connection.execute(statement, execution_options={"yield_per": _ROWS})

    for table in (RollupUrgent, RollupUrgentBlock):
        connection.execute(delete(table).where(table.block == block))
    candidates = read_between(select_all, block * BLOCK, (block + 1) * BLOCK)
    rows = [
        {
            "id": row.id,
            "block": block,
            "time": row.time,
            "score": found.score,
            "words": text_key(row.text),
        }
        for row, found in listed_of(candidates)
    ]
    for first in range(0, len(rows), _ROWS):
        connection.execute(insert(RollupUrgent), rows[first : first + _ROWS])
    connection.execute(insert(RollupUrgentBlock), [{"block": block, "rules": rules_version()}])
