"""Counts of rows: every row that is read is stored, a duplicate, or rejected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Counts of rows.

    Attributes:
        stored: Rows that have joined the run.
        known: Those among the stored whose document an earlier run had stored already.
        duplicate: Rows whose document was in the run before.
        rejected: Rows that did not go in.
    """

    stored: int = 0
    known: int = 0
    duplicate: int = 0
    rejected: int = 0

    @property
    def read(self) -> int:
        """All rows."""
        return self.stored + self.duplicate + self.rejected

    def add(self, other: Counts) -> None:
        """Count those of a further block."""
        self.stored += other.stored
        self.known += other.known
        self.duplicate += other.duplicate
        self.rejected += other.rejected
