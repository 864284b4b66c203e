"""What a digest is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from schema.questions import Scope


@dataclass(frozen=True, slots=True)
class DigestRequest:
    """What each kind of item is read from.

    Attributes:
        connection: Open.
        scope: Which documents; its period has both ends.
        now: The time.
        where: `KEY=VALUE` as the user wrote them, and the run, for commands.
    """

    connection: Connection
    scope: Scope
    now: datetime
    options: str = ""

    @property
    def first(self) -> date:
        """The first day of the period."""
        assert self.scope.period.since is not None
        return self.scope.period.since.date()

    @property
    def last(self) -> date:
        """Its last day."""
        assert self.scope.period.until is not None
        return (self.scope.period.until - timedelta(microseconds=1)).date()

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.last - self.first).days + 1

    def texts(self, condition: str = "") -> str:
        """The command that gives all of the texts with a condition."""
        where = f" --where {condition}" if condition else ""
        return (
            f"triage export v_documents --since {self.first} --until {self.last}{where}"
            f"{self.options}"
        )
