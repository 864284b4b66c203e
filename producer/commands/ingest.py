"""`triage ingest`: read feedback, look into every row, store documents, enqueue their jobs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
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
from producer.ingest.escaping import escaped
from producer.ingest.ingestion import Progress
from producer.ingest.plan import requested_order
from producer.ingest.plan_lines import InputView
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.recipes import write_recipe as recipes
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.session import open_database, open_settings
from schema.settings import Settings

#: What `--wait` ends with when the run was cancelled meanwhile.
CANCELLED = 1
#: Kinds of reasons that a dry run shows.
SHOWN_KINDS = 5


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…",
            help="CSV, TSV, JSON or JSON Lines, each also .gz or .zst, Parquet, .xlsx, .xls, .ods; "
            "a folder, a pattern, a .zip or a URL (s3://, gs://, https://) of these; `-` is JSON "
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
        list[str] | None,
        typer.Option(
            metavar="COL",
            help="Text column; found by names and values. Given twice, or as A,B: a document for "
            "each answer. A.B leads into nested fields.",
        ),
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id", metavar="COL", help="Id column; '' (here and below): there is none, keep it."
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Time column; UTC where it has no zone. DAY,CLOCK where that is two columns.",
        ),
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="COL", help="Language column.")] = None,
    product: Annotated[str | None, typer.Option(metavar="COL", help="Product column.")] = None,
    rating: Annotated[
        str | None, typer.Option(metavar="COL", help="Rating column: 4, 4/5, ★★★★☆, 4 out of 5.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="COL", help="Title column; it goes before the text.")
    ] = None,
    dayfirst: Annotated[
        bool, typer.Option("--dayfirst", help="03/04/2026 is the 3rd of April.")
    ] = False,
    monthfirst: Annotated[
        bool, typer.Option("--monthfirst", help="03/04/2026 is the 4th of March.")
    ] = False,
    strip_replies: Annotated[
        bool,
        typer.Option("--strip-replies", help="Analyse no quoted mails and signatures in texts."),
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Make text of tags and entities in texts.")
    ] = False,
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="How to read: zendesk and the like, which their headers show, or your own file.",
        ),
    ] = None,
    save_recipe: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a recipe that reads the next delivery the same."),
    ] = None,
    analyses: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these, separated by commas.")
    ] = None,
    question: Annotated[list[str] | None, typer.Option(help="For qa; may be repeated.")] = None,
    translate_to: Annotated[
        str | None, typer.Option(metavar="LANG", help="For translation, e.g. de.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of text files; found where it is not said.")
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(metavar="X", help="What cuts the rows of a CSV, one character or more."),
    ] = None,
    header_row: Annotated[
        int | None,
        typer.Option(metavar="N", help="The line that the header of a table is in; 0: none."),
    ] = None,
    no_header: Annotated[
        bool,
        typer.Option("--no-header", help="There is none: columns are named by number, from 1."),
    ] = False,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a workbook; the first that has rows.")
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(metavar="A.B", help="Where in a JSON file the list of rows is."),
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Only the first N rows.")] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be read and how, and store nothing."),
    ] = False,
    show_text: Annotated[
        bool,
        typer.Option("--show-text", help="With --dry-run: show texts, as a terminal does anyway."),
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
        columns=ColumnChoice(_names(text), id_, time, language, product, rating, title),
        analyses=analyses,
        questions=question or (),
        translate_to=translate_to,
        reading=ReadingOptions(encoding, delimiter, 0 if no_header else header_row, sheet, path),
        limit=limit,
        texts=TextCleaner(html, strip_replies),
        day_order=requested_order(dayfirst, monthfirst),
        recipe=recipe,
    )
    if save_recipe:
        recipes.check_recipe_file(save_recipe)
    inputs = _dry_run(config, plan, show_text) if dry_run else _ingest(config, plan, wait)
    if save_recipe:
        recipes.save_recipe(save_recipe, [one.recipe(plan) for one in inputs])
        say(f"recipe: {save_recipe}")


def _names(text: list[str] | None) -> str | tuple[str, ...] | None:
    if not text:
        return None
    return text[0] if len(text) == 1 else tuple(text)


def _ingest(config: Settings, plan: Plan, wait: bool) -> list[InputView]:
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
    _print_findings(done.inputs, done.failed)
    counts = done.counts
    before = f" ({counts.before} of them before)" if counts.before else ""
    known = f" ({counts.known} known from earlier runs)" if counts.known else ""
    rejected = counts.rejected + counts.rejected_before
    where = f" → {done.rejects}" if rejected else ""
    say(
        f"run {done.run}: read {counts.read}{before}, stored {counts.stored}{known}, "
        f"duplicate {counts.duplicate}, rejected {counts.rejected}{where}"
    )
    for one in done.inputs:
        for line in (*one.plan.warnings, *one.notes.lines()):
            say(f"{escaped(one.name)}: {line}")
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
    return done.inputs


def _dry_run(config: Settings, plan: Plan, show_text: bool) -> list[InputView]:
    with _bar(plan) as progress:
        seen = ingestion.dry_run(config, plan, progress)
    _print_findings(seen.inputs, seen.failed)
    for one in seen.inputs:
        # What is no terminal may be a log.
        for line in one.lines(plan, show_text or sys.stdout.isatty()):
            say(line)
    say(f"dry run: read {seen.good + seen.rejected}, good {seen.good}, rejected {seen.rejected}")
    for kind, count in seen.reasons.most_common(SHOWN_KINDS):
        say(f"  {count} × {kind}")
    for reject in seen.rejects:
        say(f"  {reject.file}, line {reject.line}: {reject.reason}")
    if seen.rejected > len(seen.rejects):
        say(f"  and {seen.rejected - len(seen.rejects)} more")
    return seen.inputs


def _print_findings(inputs: list[InputView], failed: list[str]) -> None:
    for sentence in (*(line for one in inputs for line in one.findings), *failed):
        say(sentence, err=True)


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
