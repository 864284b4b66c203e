"""A violation: a check that does not hold, and the rows that break it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

#: Rows that a violation names; the others are counted.
ROWS_NAMED = 10


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a run. It quotes no document.

    Attributes:
        run: The run's name.
        analysis: The analysis; None if the run as a whole is wrong.
        check: What does not hold, in words; the same for each run.
        jobs: Ids of jobs, `ROWS_NAMED` at the most.
        documents: Ids of documents, likewise.
        more: Rows that break it too and are not named.
    """

    run: str
    analysis: str | None
    check: str
    jobs: tuple[int, ...] = ()
    documents: tuple[int, ...] = ()
    more: int = 0

    def __str__(self) -> str:
        where = f"run {self.run}, {self.analysis}" if self.analysis else f"run {self.run}"
        rows = [
            f"{noun}{'s' if len(ids) > 1 else ''} {', '.join(map(str, ids))}"
            for noun, ids in (("job", self.jobs), ("document", self.documents))
            if ids
        ]
        more = f" and {self.more:,} more rows" if self.more else ""
        return f"{where}: {self.check}" + (f": {'; '.join(rows)}{more}" if rows else "")

    def as_json(self) -> dict[str, Any]:
        """The object that `triage verify --json` prints."""
        return asdict(self)


def distinct(values: Sequence[int | None]) -> tuple[int, ...]:
    """Return each value once, in the order in which they came, without None."""
    return tuple(dict.fromkeys(value for value in values if value is not None))
