"""Workers on the terminal: which there are, how quick they are, why one does not work.

It is made to fit: a line of at most 80 columns for each worker, and what several have in common
once, below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from producer.display.progress_table import duration
from producer.display.table import plain_text
from schema.status.workers import LOST_AFTER, ModelInMemory, Throughput, WorkerStatus
from schema.tables import WorkerState

#: Characters of a line on models: beyond it their names say little more.
_MODELS_LIMIT = 240


def worker_table(workers: Sequence[WorkerStatus]) -> Table:
    """A line for each worker."""
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("worker", overflow="fold")
    table.add_column("state", no_wrap=True)
    for number in ("for", "tokens/s", "padding", "fill", "forward", "memory"):
        table.add_column(number, justify="right", no_wrap=True)
    for one in workers:
        table.add_row(
            plain_text(one.worker),
            Text(one.state, style="" if one.state == WorkerState.READY else "red"),
            duration(one.in_state),
            *_speeds(one.throughput),
            "–" if one.models is None else decimal(sum(model.bytes for model in one.models)),
        )
    return table


def worker_notes(workers: Sequence[WorkerStatus]) -> Iterator[Text]:
    """Why a worker does not work, what they take, and which models they have in memory."""
    for one in workers:
        if why := _why(one):
            yield plain_text(f"{one.worker}: {why}")
    taken = {one.worker: ", ".join(one.analyses) for one in workers}
    yield from _shared("takes", "take", taken)
    loaded = {one.worker: _names(one.models) for one in workers if one.models is not None}
    yield from _shared("has in memory", "have in memory", loaded)


def _shared(verb: str, verb_of_many: str, said: dict[str, str]) -> Iterator[Text]:
    """The same of several workers in one sentence."""
    for what in dict.fromkeys(said.values()):
        names = [worker for worker, of_it in said.items() if of_it == what]
        whom = names[0] if len(names) == 1 else "all" if len(names) == len(said) else None
        which = whom or f"{len(names)} of them"
        verb_used = verb if len(names) == 1 else verb_of_many
        yield plain_text(f"{which} {verb_used}: {what or 'none'}", _MODELS_LIMIT)


def _names(models: Sequence[ModelInMemory]) -> str:
    return ", ".join(f"{model.name} {decimal(model.bytes)}" for model in models)


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
