"""Progress on the terminal: all runs in brief, or the analyses of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from producer.display.table import plain_text
from schema.analyses import ANALYSES
from schema.results.abstention import advice
from schema.status.progress import RunProgress
from schema.tables import RunState

#: Reasons that are said of an analysis at the most, those of the most documents first.
REASONS = 5


def run_table(run: RunProgress) -> Group:
    """One run: the counts of its rows, and a line for each analysis."""
    heading = Text.assemble(
        ("run ", "bold"),
        plain_text(run.run),
        f": {phase(run)}, since {run.created_at:%F %H:%M} UTC",
    )
    forgotten = f" ({run.forgotten:,} forgotten since)" if run.forgotten else ""
    updated = f" + updated {run.updated:,}" if run.updated else ""
    counts = Text(
        f"read {run.read:,} = stored {run.stored:,}{forgotten}{updated} + duplicate "
        f"{run.duplicate:,} + rejected {run.rejected:,}"
    )
    given_up = any(one.cancelled for one in run.analyses)
    abstained = any(one.abstained for one in run.analyses)
    # Without lines, so that the counts of millions of documents fit into 80 columns.
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("analysis", no_wrap=True, min_width=max(map(len, ANALYSES)))
    counted = ("documents", "done", "in\nflight", "waiting", "dead")
    others = [*(["cancelled"] if given_up else []), *(["not\nanalysed"] if abstained else [])]
    for column in (*counted, *others, "per\nsecond", "to finish"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in run.analyses:
        table.add_row(
            plain_text(one.analysis),
            f"{one.documents:,}",
            f"{one.done:,}",
            f"{one.in_flight:,}",
            f"{one.waiting:,}",
            _dead(one.dead),
            *([f"{one.cancelled:,}"] if given_up else []),
            *([f"{one.abstained:,}"] if abstained else []),
            f"{one.rate:,.1f}",
            duration(one.seconds_left),
        )
    return Group(heading, counts, table, *_notes(run))


def _notes(run: RunProgress) -> Iterator[Text]:
    """What waits for what, what had results already, and what was left alone, and why."""
    for one in run.analyses:
        if one.blocked:
            yield plain_text(
                f"{one.analysis}: {one.blocked:,} wait for {' and '.join(one.waits_for)}"
            )
    if any(one.reused for one in run.analyses):
        reused = [
            f"{one.analysis} {one.reused:,} of {one.documents:,}"
            for one in run.analyses
            if one.reused
        ]
        yield plain_text(f"had a result already: {', '.join(reused)}")
    for one in run.analyses:
        if one.abstained:
            reasons = [f"{reason} ({count:,})" for reason, count in one.not_analysed.items()]
            more = f" and {len(reasons) - REASONS} more" if len(reasons) > REASONS else ""
            yield plain_text(f"{one.analysis}: not analysed: {', '.join(reasons[:REASONS])}{more}")
            helped: dict[str, list[str]] = {}
            for reason in one.not_analysed:
                if told := advice(reason):
                    helped.setdefault(told, []).append(reason)
            for told, of in helped.items():
                yield plain_text(f"  {', '.join(of[:REASONS])}: {told}")


def runs_table(runs: Sequence[RunProgress]) -> Table:
    """All runs, a line for each; documents count once for each analysis."""
    table = Table(header_style="bold", show_edge=False)
    table.add_column("run", overflow="fold")
    for column in ("created", "phase"):
        table.add_column(column, no_wrap=True)
    for column in ("stored", "analysed", "dead", "to finish"):
        table.add_column(column, justify="right", no_wrap=True)
    for run in runs:
        documents = sum(one.documents for one in run.analyses)
        closed = sum(one.done + one.dead + one.abstained for one in run.analyses)
        table.add_row(
            plain_text(run.run),
            f"{run.created_at:%F}",
            phase(run),
            f"{run.stored:,}",
            # Rounded down: 100 % is said only when nothing is left.
            f"{100 * closed // documents} %" if documents else "–",
            _dead(sum(one.dead for one in run.analyses)),
            duration(run.seconds_left),
        )
    return table


def phase(run: RunProgress) -> str:
    """Where a run is, in one word."""
    if run.deleted_at is not None:
        return "deleting"
    if run.archived_at is not None and run.finished:
        return "archived"
    if run.cancelled_at is not None:
        return "cancelled"
    if run.paused_at is not None and not run.finished:
        return "paused"
    if run.state != RunState.INGESTED:
        return run.state
    return "finished" if run.finished else "analysing"


def duration(seconds: float | None) -> str:
    """Seconds as people say them; `–` when nobody knows."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = whole // 60
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes // (24 * 60)} d {minutes // 60 % 24} h"


def _dead(count: int) -> Text:
    return Text(f"{count:,}", style="red" if count else "")
