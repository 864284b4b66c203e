"""`triage report --html`: all that was found, as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from producer.display.say import say
from producer.export.files import opened
from producer.export.where import read_conditions
from producer.session import open_database
from schema.control_characters import escape_controls
from schema.database import reading
from schema.redaction.facts import redact_facts
from schema.reports import Condition, read_period
from schema.status.runs import find_run

#: Where the page goes, unless somebody says so.
OUTPUT = Path("report.html")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which feedback the page is about, as a user says it.

    Attributes:
        runs: Names or ids; none for all feedback.
        since: The first day, …
        until: … and the last.
        where: `KEY=VALUE`, all of which hold.
        redacted: Whether names, addresses and numbers of customers are left out.
    """

    runs: Sequence[str] = ()
    since: str | None = None
    until: str | None = None
    where: Sequence[str] = ()
    redacted: bool = False

    @property
    def about(self) -> list[str]:
        """What it is called on the page."""
        runs = f"runs {', '.join(self.runs)}" if len(self.runs) > 1 else "all runs"
        said = [f"run {self.runs[0]}" if len(self.runs) == 1 else runs]
        said += [f"since {self.since}"] if self.since else []
        said += [f"until {self.until}"] if self.until else []
        said += ["redacted"] if self.redacted else []
        return [*said, *self.where]


def report_page(request: PageRequest, output: Path | None) -> None:
    """Write the page, and say how to open it.

    Args:
        request: Which feedback.
        output: Where to; None for `OUTPUT`.
    """
    target = output or OUTPUT
    write_page(open_database(), request, target)
    size = target.stat().st_size / 1e6
    shown = escape_controls(str(target))
    texts = "customers' texts, redacted," if request.redacted else "customers' texts"
    say(f"{shown}: {size:.1f} MB, with {texts} in it; open it with a browser", err=True)


def write_page(engine: Engine, request: PageRequest, target: Path) -> Sequence[str]:
    """Write the page to a file.

    Returns:
        The lines that it begins with.

    Raises:
        UsageError: If a run, a day or a condition cannot be understood.
    """
    # numpy and scipy take half a second to load, which no other command should wait for.
    from producer.page.drawing.document import draw_page
    from producer.page.lines import best_lines
    from producer.page.page import read_page
    from schema.questions import Scope

    period = read_period(request.since, request.until)
    where = read_conditions(engine, request.where)
    with reading(engine) as connection:
        ids = [find_run(connection, run) for run in request.runs]
        scope = Scope(period, where, ids[0] if len(ids) == 1 else None)
        if len(ids) > 1:
            scope = Scope(period, (*where, _of_runs(ids)))
        page = read_page(connection, scope, request.about, datetime.now(UTC))
        page = redact_facts(connection, page) if request.redacted else page
    with opened(target) as file:
        file.write(draw_page(page))
    return [
        # A question of the user's own has its mark in place of ours.
        f"{line.label}{'' if line.label.endswith('?') else ':'} {line.said}; {line.why}"
        for line in best_lines(page)
    ]


def _of_runs(ids: Sequence[int]) -> Condition:
    names = {f"of_run{place}": each for place, each in enumerate(ids)}
    listed = ", ".join(f":{name}" for name in names)
    of_runs = f"SELECT document_id FROM run_documents WHERE run_id IN ({listed})"
    return Condition(f"d.id IN ({of_runs})", names)
