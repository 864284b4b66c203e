"""Workers on the terminal: which there are, and why one does not work."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from producer.progress_table import duration
from producer.table import plain_text
from schema.readiness import Readiness
from schema.tables import WorkerState

#: Seconds without a sight of its process after which a worker is shown as lost.
LOST_AFTER = 60.0


def worker_table(workers: Sequence[Readiness]) -> Table:
    """A line for each worker."""
    table = Table(header_style="bold", show_edge=False)
    table.add_column("worker", overflow="fold")
    table.add_column("state", no_wrap=True)
    table.add_column("since (UTC)", no_wrap=True)
    table.add_column("analyses", overflow="fold")
    table.add_column("why", overflow="fold")
    for one in workers:
        table.add_row(
            plain_text(one.worker),
            Text(one.state, style="" if one.state == WorkerState.READY else "red"),
            f"{one.since:%m-%d %H:%M}",
            ", ".join(one.analyses),
            plain_text(_why(one)),
        )
    return table


def _why(one: Readiness) -> str:
    """Why it does not work, if it does not."""
    said = [one.reason] if one.reason else []
    if one.unseen > LOST_AFTER:
        said.append(f"not seen for {duration(one.unseen)}")
    elif one.next_try is not None:
        said.append(f"tries again in {duration(one.next_try)}")
    return "; ".join(said)
