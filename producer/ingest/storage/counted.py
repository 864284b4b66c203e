"""How far the inputs of a run are counted: read and moved on in the transaction of a block."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from producer.ingest.validation.input_row import InputIdentity, InputRow
from schema.tables import RunInput


class CountedRows:
    """Knows which rows of a block the run has counted already.

    Args:
        connection: A writing transaction that holds the run's lock.
        run_id: The run.
        block: The rows, those of an input in order.
    """

    def __init__(self, connection: Connection, run_id: int, block: Iterable[InputRow]) -> None:
        self._run_id = run_id
        self._last = _last_rows(block)
        digests = [one.digest for one in self._last]
        found = connection.execute(
            select(RunInput.identity, RunInput.counted).where(
                RunInput.run_id == run_id, RunInput.identity.in_(digests)
            )
        )
        self._counted: dict[str, int] = {row.identity: row.counted for row in found}
        self._again: dict[InputIdentity, int] = {}

    def has(self, row: InputRow) -> bool:
        """Whether the row was counted when it was read before."""
        return row.number <= self._counted.get(row.input.digest, 0)

    def add_again(self, row: InputRow) -> None:
        """Note that a row that was counted before is counted once more."""
        self._again[row.input] = self._again.get(row.input, 0) + 1

    def write(self, connection: Connection) -> None:
        """Say that the rows of the block are counted."""
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(RunInput)
        statement = insert.on_conflict_do_update(
            index_elements=[RunInput.run_id, RunInput.identity],
            set_={
                "counted": insert.excluded.counted,
                "again": RunInput.again + insert.excluded.again,
            },
        )
        connection.execute(
            statement,
            [
                {
                    "run_id": self._run_id,
                    "identity": one.digest,
                    "name": one.name,
                    # Others may be further, or we with another --limit.
                    "counted": max(last, self._counted.get(one.digest, 0)),
                    "again": self._again.get(one, 0),
                    "source": one.source,
                }
                for one, last in self._last.items()
            ],
        )


def _last_rows(block: Iterable[InputRow]) -> dict[InputIdentity, int]:
    """The number of the last row of each input, which has its rows one behind the other."""
    found: dict[InputIdentity, int] = {}
    last: InputRow | None = None
    for row in block:
        if last is not None and row.input is not last.input:
            found[last.input] = last.number
        last = row
    if last is not None:
        found[last.input] = last.number
    return found
