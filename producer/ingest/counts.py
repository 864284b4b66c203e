"""Counts of rows: each is stored, an update, a duplicate or rejected, unless counted before."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Counts:
    """Counts of rows.

    Attributes:
        stored: Rows whose document has joined the run as it is.
        known: Those among the stored whose document an earlier run had stored already.
        updated: Rows that have changed a document that was stored before.
        updated_positions: Those among the updated whose document has joined the run, most of them
            as a new version. The others were changed in place, in what no analysis reads.
        duplicate: Rows whose document was in the run before, or needs no analysis again.
        kept: Those among all others that differ from what is stored, which stays as it is.
        rejected: Rows that did not go in.
        empty: Those among them, counted before or not, that have no text.
        doubted: Those among them, counted before or not, that differ from what is stored, as most
            of their input do.
        before: Rows that the run had counted when they were read before.
        rejected_before: Those among them that do not go in.
        refreshed: Documents that were changed in place, counted before or not.
        gone: Documents that no longer come.
    """

    stored: int = 0
    known: int = 0
    duplicate: int = 0
    rejected: int = 0
    before: int = 0
    rejected_before: int = 0
    updated: int = 0
    updated_positions: int = 0
    kept: int = 0
    doubted: int = 0
    empty: int = field(default=0, compare=False)
    refreshed: int = 0
    gone: int = 0

    @property
    def new(self) -> int:
        """Rows that the run counts now."""
        return self.stored + self.updated + self.duplicate + self.rejected

    @property
    def read(self) -> int:
        """All rows."""
        return self.before + self.new

    @property
    def rejected_in_all(self) -> int:
        """All rows that did not go in, counted before or not."""
        return self.rejected + self.rejected_before

    def add(self, other: Counts) -> None:
        """Count those of a further block."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
