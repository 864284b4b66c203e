"""Runs: which there are, how far each is, and waiting for one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from feedback_triage.errors import TriageError, explained
from feedback_triage.frames import Frame, Kind, choose_kind, from_columns

if TYPE_CHECKING:
    from schema.status.progress import RunProgress

#: Seconds between two looks at a run.
_PAUSE = 0.3


def runs(*, all: bool = False, to: Kind | None = None) -> Frame:
    """The runs as `triage status` shows them, a row each.

    Args:
        all: Every run, archived ones too; else the newest 20, and as many of those going on.
        to: `pandas`, `arrow` or `polars`; None for pandas if it is installed, else Arrow.

    Returns:
        `run`, its `phase`, `created_at` (UTC); rows of its input: `read`, `stored`, `updated`,
        `duplicate`, `rejected`; and over all its analyses the documents that are to be analysed
        (`documents`), `done`, `dead`, `not_analysed`; `seconds_left`, missing where nobody can say.

    Raises:
        TriageError: If the database cannot be read.
        ValueError: If `to` is none of these, or not installed.
    """
    kind = choose_kind(to)
    with explained():
        from producer.session import open_database
        from schema.database import reading
        from schema.status.overview import SHOWN, overview

        with reading(open_database()) as connection:
            found = overview(connection, None if all else SHOWN).runs
        rows = [_row(one) for one in found]
    columns = {name: [row[name] for row in rows] for name in _types()}
    return from_columns(kind, columns, _types())


def wait(run: str, timeout: float | None = None) -> RunProgress:
    """Wait until all of a run is analysed. It is workers who analyse: `triage workers` starts some.

    Args:
        run: Its name.
        timeout: The most seconds; None for as long as it takes.

    Returns:
        How it ended: its counts, and those of each analysis in `analyses`.

    Raises:
        TriageError: If there is no such run, it was cancelled or deleted, or the database cannot be
            read.
        TimeoutError: If it has not finished by then; it goes on.
    """
    with explained():
        from producer.session import open_database
        from schema.database import reading
        from schema.status.progress import run_progress

        engine = open_database()
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            with reading(engine) as connection:
                progress = run_progress(connection, run)
            if progress.cancelled_at is not None:
                raise TriageError(f"run {run} was cancelled: see triage status {run}")
            if progress.finished:
                return progress
            if end is not None and time.monotonic() >= end:
                raise TimeoutError(
                    f"run {run} has not finished within {timeout:g} s; see: triage status {run}"
                )
            time.sleep(_PAUSE)


def _row(run: RunProgress) -> dict[str, Any]:
    from producer.display.progress_table import phase

    analyses = run.analyses
    return {
        "run": run.run,
        "phase": phase(run),
        "created_at": run.created_at,
        **{name: getattr(run, name) for name in _ROWS},
        "documents": sum(one.documents for one in analyses),
        "done": sum(one.done for one in analyses),
        "dead": sum(one.dead for one in analyses),
        "not_analysed": sum(one.abstained for one in analyses),
        "seconds_left": run.seconds_left,
    }


#: Counts of rows of the input.
_ROWS = ("read", "stored", "updated", "duplicate", "rejected")
_DOCUMENTS = ("documents", "done", "dead", "not_analysed")


def _types() -> dict[str, Any]:
    import pyarrow

    text, count = pyarrow.string(), pyarrow.int64()
    first = {"run": text, "phase": text, "created_at": pyarrow.timestamp("us", tz="UTC")}
    counts = dict.fromkeys((*_ROWS, *_DOCUMENTS), count)
    return {**first, **counts, "seconds_left": pyarrow.float64()}
