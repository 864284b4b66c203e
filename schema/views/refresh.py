"""Working rollups out anew, block by block, where something has changed since."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, text

from schema.database import reading, writing
from schema.views.dialect import write_out
from schema.views.rollup import BESIDE, BLOCK, ROLLUPS

#: Who holds this lock of PostgreSQL until its transaction ends is the only one who writes rollups.
LOCK = 0x726F6C6C

#: Blocks that are worked out in one statement at the most: on PostgreSQL many at once are quicker;
#: on SQLite all others who write wait meanwhile.
_AT_ONCE = {"postgresql": 32, "sqlite": 1}

_NEXT = text(
    "SELECT DISTINCT block FROM rollup_stale WHERE block > :last ORDER BY block LIMIT :most"
)


def refresh(engine: Engine, most: int | None = None) -> int:
    """Work out the rollups of blocks in which something has changed, some in each transaction.

    Args:
        engine: The database.
        most: Blocks at the most; None for all.

    Returns:
        How many; fewer where another process is at it.
    """
    done, last = 0, -1
    while most is None or done < most:
        at_once = _AT_ONCE[engine.dialect.name]
        limit = at_once if most is None else min(at_once, most - done)
        # Nobody waits for a writer where there is nothing to do.
        with reading(engine) as connection:
            if _next_blocks(connection, last, limit) is None:
                break
        with writing(engine) as connection:
            if not lock_rollups(connection, wait=False):
                return done
            blocks = _next_blocks(connection, last, limit)
            if blocks is None:
                break
            _refresh_blocks(connection, blocks)
        done, last = done + len(blocks), blocks[-1]
    if done and engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            # Plans depend on how little is stale, and nobody else counts so small a table.
            for table in ("rollup_stale", *(one.table for one in ROLLUPS)):
                connection.execute(text(f"ANALYZE {table}"))
    return done


def _next_blocks(connection: Connection, last: int, most: int) -> range | None:
    """The first stale blocks behind `last` that follow each other; None where there are none."""
    found = list(connection.execute(_NEXT, {"last": last, "most": most}).scalars())
    if not found:
        return None
    end = next((place for place, one in enumerate(found) if one != found[0] + place), len(found))
    return range(found[0], found[0] + end)


def forget_blocks(connection: Connection, documents: Sequence[int]) -> None:
    """Delete rollups that were made of some documents, which are being deleted: answers are words
    of customers. The triggers see to it that they are made anew.
    """
    if not documents:
        return
    lock_rollups(connection, wait=True)
    for block in sorted({one // BLOCK for one in documents}):
        _delete(connection, {"first_block": block, "last_block": block})


def lock_rollups(connection: Connection, *, wait: bool) -> bool:
    """Become the only one who writes rollups, until the transaction ends; on SQLite who writes is.

    Args:
        connection: In a transaction that writes.
        wait: Whether to wait for another one.

    Returns:
        Whether we are.
    """
    if connection.dialect.name != "postgresql":
        return True
    if wait:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        return True
    tried = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(connection.execute(tried, {"key": LOCK}).scalar_one())


def _refresh_blocks(connection: Connection, blocks: range) -> None:
    ends = {"first_block": blocks[0], "last_block": blocks[-1]}
    # First: a change that commits from here on leaves a mark that is there afterwards, too.
    connection.execute(text(f"DELETE FROM rollup_stale WHERE {_AMONG}"), ends)
    _delete(connection, ends)
    documents = {"first": blocks[0] * BLOCK, "behind": (blocks[-1] + 1) * BLOCK}
    for rollup in ROLLUPS:
        select = write_out(rollup.of_blocks, connection.dialect.name)
        into = f"INSERT INTO {rollup.table} (block, {', '.join(rollup.columns)})\n{select}"
        connection.execute(text(into), documents)


_AMONG = "block BETWEEN :first_block AND :last_block"


def _delete(connection: Connection, ends: dict[str, int]) -> None:
    for table in (*(rollup.table for rollup in ROLLUPS), *BESIDE):
        connection.execute(text(f"DELETE FROM {table} WHERE {_AMONG}"), ends)
