"""Which feedback a set of themes is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, true

from schema.tables import DocumentRow


@dataclass(frozen=True, slots=True)
class ThemeScope:
    """The documents of some runs, or of all (`runs` empty), written since some time or ever."""

    runs: tuple[int, ...] = ()
    since: datetime | None = None

    def __str__(self) -> str:
        """How `theme_sets.scope` has it: the same for the same scope."""
        runs = ",".join(map(str, sorted(set(self.runs))))
        said = f"runs {runs}" if runs else "all"
        return said if self.since is None else f"{said} since {self.since.astimezone(UTC):%F %T}"

    @staticmethod
    def parse(said: str) -> ThemeScope:
        """The scope that `str` gave."""
        which, _, since = said.partition(" since ")
        _, _, runs = which.partition("runs ")
        return ThemeScope(
            tuple(map(int, runs.split(","))) if runs else (),
            datetime.fromisoformat(since).replace(tzinfo=UTC) if since else None,
        )

    def of_runs(self, run_id: Any) -> ColumnElement[bool]:
        """The condition on a column with a run's id."""
        return run_id.in_(self.runs) if self.runs else true()

    def of_documents(self) -> list[ColumnElement[bool]]:
        """The conditions on documents: current, still delivered, and recent enough."""
        current: list[ColumnElement[bool]] = [
            DocumentRow.replaced_at.is_(None),
            DocumentRow.gone_at.is_(None),
        ]
        return current if self.since is None else [*current, DocumentRow.time >= self.since]
