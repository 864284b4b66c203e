"""Counts of rows: each is stored, a duplicate or rejected, unless it was counted before."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Counts:
    """Counts of rows.

    Attributes:
        stored: Rows that have joined the run.
        known: Those among the stored whose document an earlier run had stored already.
        duplicate: Rows whose document was in the run before.
        rejected: Rows that did not go in.
        before: Rows that the run had counted when they were read before.
        rejected_before: Those among them that do not go in.
    """

    stored: int = 0
    known: int = 0
    duplicate: int = 0
    rejected: int = 0
    before: int = 0
    rejected_before: int = 0

    @property
    def new(self) -> int:
        """Rows that the run counts now."""
        return self.stored + self.duplicate + self.rejected

    @property
    def read(self) -> int:
        """All rows."""
        return self.before + self.new

    def add(self, other: Counts) -> None:
        """Count those of a further block."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
