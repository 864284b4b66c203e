"""`triage ingest`: read feedback, look into every row, store documents, enqueue their jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from producer import ingest as ingestion
from producer.dispatcher import Dispatcher
from producer.display.progress_bars import wait_for_run
from producer.display.say import say
from producer.errors import UsageError
from producer.ingest import ColumnChoice, Counts, Plan, make_plan
from producer.ingest.ingestion import Progress
from producer.session import open_database, open_settings
from schema.settings import Settings

#: What `--wait` ends with when the run was cancelled meanwhile.
CANCELLED = 1


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…",
            help="CSV, TSV, JSONL (also .ndjson), each also .gz or .zst, or Parquet; `-` is JSONL "
            "on standard input; `'sql:URL SELECT …'` reads another database (give the SELECT an "
            "id column, or an ORDER BY).",
        ),
    ],
    run: Annotated[
        str | None, typer.Option(help="The run's name; by default made of file and options.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="Where the feedback is from; by default the column `source`, or the file's name."
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option(metavar="COL", help="Text column; usual names are found.")
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id", metavar="COL", help="Id column; '' (here and below): there is none, keep it."
        ),
    ] = None,
    time: Annotated[
        str | None, typer.Option(metavar="COL", help="Time column; UTC where it has no zone.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="COL", help="Language column.")] = None,
    product: Annotated[str | None, typer.Option(metavar="COL", help="Product column.")] = None,
    analyses: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these, separated by commas.")
    ] = None,
    question: Annotated[list[str] | None, typer.Option(help="For qa; may be repeated.")] = None,
    translate_to: Annotated[
        str | None, typer.Option(metavar="LANG", help="For translation, e.g. de.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of text files; UTF-8 unless a byte-order mark says more.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Only the first N rows.")] = None,
    on_change: Annotated[
        str | None,
        typer.Option(
            metavar="update|keep|error",
            help="What to do with feedback that is stored, and comes with other content: make a "
            "new version of it (by default, unless most of an input is so), keep what is stored, "
            "or reject the row.",
        ),
    ] = None,
    again: Annotated[
        bool | None,
        typer.Option(
            "--again/--only-changed",
            help="Analyse documents again that were analysed alike before and have not changed; "
            "by default where --run is given.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and look into the rows, store nothing.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all is analysed.")] = False,
) -> None:
    """Read feedback from files, and put it in line for analysis.

    The same command again resumes what was interrupted, and doubles nothing: each row counts once.
    Rows that cannot go in are written to RUN.rejects.jsonl, with the reason.
    """
    config = open_settings()
    plan = make_plan(
        config,
        paths,
        run=run,
        source=source,
        columns=ColumnChoice(text, id_, time, language, product),
        analyses=analyses,
        questions=question or (),
        translate_to=translate_to,
        encoding=encoding,
        limit=limit,
        on_change=on_change,
        analyse_again=again,
    )
    if dry_run:
        _dry_run(config, plan)
    else:
        _ingest(config, plan, wait)


def _ingest(config: Settings, plan: Plan, wait: bool) -> None:
    engine = open_database()

    @cache
    def broker() -> Dispatcher:
        """Asked for with the first block: before that there is nothing to warn about."""
        return Dispatcher(engine, config, lambda line: say(line, err=True))

    with _bar(plan) as progress:
        done = ingestion.ingest(
            engine,
            config,
            plan,
            progress=progress,
            on_block=lambda: broker().dispatch(plan.analyses),
        )
    counts = done.counts
    before = f" ({counts.before} of them before)" if counts.before else ""
    known = f" ({counts.known} known from earlier runs)" if counts.known else ""
    updated = f", updated {counts.updated}" if counts.updated else ""
    rejected = counts.rejected + counts.rejected_before
    where = f" → {done.rejects}" if rejected else ""
    say(
        f"run {done.run}: read {counts.read}{before}, stored {counts.stored}{known}{updated}, "
        f"duplicate {counts.duplicate}, rejected {counts.rejected}{where}"
    )
    for line in _about_changes(counts):
        say(line)
    if rejected == counts.read:
        raise UsageError(f"every row was rejected; the reasons are in {done.rejects}")
    if wait:
        ended = wait_for_run(engine, done.run, Console(stderr=True))
        if ended.cancelled_at is not None:
            say(f"run {done.run} was cancelled: see triage status {done.run}", err=True)
            raise typer.Exit(CANCELLED)
        say(f"all is analysed; next: triage report --run {done.run} sentiment-by-day")
    else:
        say(f"next: triage status {done.run}")


def _about_changes(counts: Counts) -> Iterator[str]:
    """What became of rows that differ from what is stored."""
    if counts.refreshed:
        yield (
            f"{counts.refreshed} of them changed in place: their text, time and language are as "
            "they were, so they are not analysed again"
        )
    if counts.kept:
        yield (
            f"{counts.kept} rows differ from what is stored, which is kept; bring them in with "
            "--on-change update"
        )


def _dry_run(config: Settings, plan: Plan) -> None:
    with _bar(plan) as progress:
        seen = ingestion.dry_run(config, plan, progress)
    for name, columns in seen.columns.items():
        say(f"{name}: {columns.describe()}")
    say(f"dry run: read {seen.good + seen.rejected}, good {seen.good}, rejected {seen.rejected}")
    for reject in seen.rejects:
        say(f"  {reject.file}, line {reject.line}: {reject.reason}")
    if seen.rejected > len(seen.rejects):
        say(f"  and {seen.rejected - len(seen.rejects)} more")


@contextmanager
def _bar(plan: Plan) -> Iterator[Progress | None]:
    """A bar on standard error, if somebody can see it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    shown = ("{task.description}", "{task.fields[rows]:,} rows")
    with Bars(
        TextColumn(shown[0]),
        BarColumn(),
        TextColumn(shown[1]),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bars:
        task = bars.add_task(plan.run, total=None, rows=0)

        def progress(counts: Counts, fraction: float | None) -> None:
            total = None if fraction is None else 1.0
            bars.update(task, rows=counts.read, completed=fraction or 0.0, total=total)

        yield progress
