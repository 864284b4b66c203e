"""Workers on the terminal: which there are, and why one does not work."""

from __future__ import annotations

from collections.abc import Sequence

from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from producer.display.progress_table import duration
from producer.display.table import plain_text
from schema.status.workers import Throughput, WorkerStatus
from schema.tables import WorkerState

#: Seconds without a sight of its process after which a worker is shown as lost.
LOST_AFTER = 60.0


def worker_table(workers: Sequence[WorkerStatus]) -> Table:
    """A line for each worker."""
    table = Table(header_style="bold", show_edge=False)
    table.add_column("worker", overflow="fold")
    table.add_column("state", no_wrap=True)
    table.add_column("since (UTC)", no_wrap=True)
    table.add_column("analyses", overflow="fold")
    table.add_column("tokens/s", justify="right", no_wrap=True)
    for share in ("padding", "fill", "forward"):
        table.add_column(share, justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for one in workers:
        table.add_row(
            plain_text(one.worker),
            Text(one.state, style="" if one.state == WorkerState.READY else "red"),
            f"{one.since:%m-%d %H:%M}",
            ", ".join(one.analyses),
            *_speeds(one.throughput),
            plain_text(_why(one)),
        )
    return table


def memory_table(workers: Sequence[WorkerStatus]) -> Table:
    """A line for each worker that has said which models it has in memory."""
    table = Table(header_style="bold", show_edge=False)
    table.add_column("worker", overflow="fold")
    table.add_column("memory", justify="right", no_wrap=True)
    table.add_column("models in memory", overflow="fold")
    for one in workers:
        if one.models is None:
            continue
        names = [f"{model.name} {decimal(model.bytes)}" for model in one.models]
        total = sum(model.bytes for model in one.models)
        table.add_row(plain_text(one.worker), decimal(total), plain_text(", ".join(names), 2_000))
    return table


def _speeds(said: Throughput) -> list[str]:
    """Tokens a second, and shares: of padding, of full batches, of time in forward."""
    tokens = "–" if said.tokens_per_second is None else f"{said.tokens_per_second:,.0f}"
    shares = (said.padding, said.batch_fill, said.forward_share)
    return [tokens, *("–" if share is None else f"{100 * share:.0f} %" for share in shares)]


def _why(one: WorkerStatus) -> str:
    """Why it does not work, if it does not."""
    said = [one.reason] if one.reason else []
    if one.unseen > LOST_AFTER:
        said.append(f"not seen for {duration(one.unseen)}")
    elif one.next_try is not None:
        said.append(f"tries again in {duration(one.next_try)}")
    return "; ".join(said)
