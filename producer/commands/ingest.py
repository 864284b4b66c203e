"""`triage ingest`: read feedback, look into every row, store documents, enqueue their jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from producer import ingest as ingestion
from producer.commands.ingest_summary import as_json as summary_as_json
from producer.commands.ingest_summary import error_as_json, faults, sentences
from producer.dispatcher import Dispatcher
from producer.display.progress_bars import wait_for_run
from producer.display.say import say
from producer.errors import INTERRUPTED, explain
from producer.ingest import ColumnChoice, Counts, Plan, make_plan
from producer.ingest.ingestion import Progress
from producer.ingest.plan import MAX_REJECTED
from producer.session import open_database, open_settings
from schema.control_characters import json_text
from schema.database import reading
from schema.settings import Settings
from schema.tables import Run

#: What `--wait` ends with when the run was cancelled meanwhile.
CANCELLED = 1
#: Where a file could not be read, or too many rows were rejected.
FAILED = 3


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
    id_from: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Know feedback by these columns, or by text, time, language, product, where it "
            "has no id.",
        ),
    ] = None,
    snapshot: Annotated[
        bool,
        typer.Option(
            "--snapshot",
            help="This is all that there is of its source: what no longer comes is marked as gone.",
        ),
    ] = False,
    max_rejected: Annotated[
        float,
        typer.Option(metavar="PERCENT", help="End with 3 where more of the rows are rejected."),
    ] = MAX_REJECTED * 100,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all is analysed.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say it as one JSON object, for programs.")
    ] = False,
) -> None:
    """Read feedback from files, and put it in line for analysis.

    The same command again resumes what was interrupted, and doubles nothing: each row counts once.
    Rows that cannot go in are written to RUN.rejects.jsonl, with the reason. Ends with 3 where a
    file could not be read, or too many rows were rejected.
    """
    ingesting = _Ingesting(as_json)
    with ingesting.ended():
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
            id_from=id_from,
            snapshot=snapshot,
            max_rejected=max_rejected / 100,
        )
        if dry_run:
            _dry_run(config, plan)
        else:
            ingesting.ingest(config, plan, wait)


class _Ingesting:
    """An ingestion that the command line asks for, and how its end is said."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._plan: Plan | None = None
        self._engine: Engine | None = None
        self._all_read = False

    @contextmanager
    def ended(self) -> Iterator[None]:
        """Say it in a sentence where it is broken off, and in JSON, if that is wanted, too."""
        try:
            yield
        except KeyboardInterrupt:
            said = self._interrupted()
            say(said, err=True)
            self._fail(INTERRUPTED, said)
        except Exception as error:
            if not self._as_json or (known := explain(error)) is None:
                raise
            say(f"triage: {known.sentence}", err=True)
            self._fail(known.code, known.sentence)

    def ingest(self, config: Settings, plan: Plan, wait: bool) -> None:
        """Read, store, and perhaps wait."""
        self._plan = plan
        engine = self._engine = open_database()

        @cache
        def broker() -> Dispatcher:
            """Asked for with the first block: before that there is nothing to warn about."""
            return Dispatcher(engine, config, _print_error)

        with _bar(plan) as progress:
            done = ingestion.ingest(
                engine,
                config,
                plan,
                progress=progress,
                on_block=lambda: broker().dispatch(plan.analyses),
                notify=_print_error,
            )
        self._all_read = True
        for line in sentences(done):
            say(line, err=self._as_json)
        for line in faults(done, plan.max_rejected, plan.snapshot):
            say(line, err=True)
        code = FAILED if done.failed or done.too_many_rejected else 0
        if wait and not done.unfinished:
            code = self._wait(engine, done.run) or code
        elif done.counts.rejected + done.counts.rejected_before < done.counts.read:
            say(f"next: triage status {done.run}", err=self._as_json)
        if self._as_json:
            say(json_text(summary_as_json(done, code)))
        if code:
            raise typer.Exit(code)

    def _wait(self, engine: Engine, run: str) -> int:
        ended = wait_for_run(engine, run, Console(stderr=True))
        if ended.cancelled_at is not None:
            say(f"run {run} was cancelled: see triage status {run}", err=True)
            return CANCELLED
        next_ = f"all is analysed; next: triage report --run {run} sentiment-by-day"
        say(next_, err=self._as_json)
        return 0

    def _interrupted(self) -> str:
        """What is stored, as far as the database can still say."""
        if self._plan is None or self._engine is None:
            return "interrupted before anything was stored; the same command begins again"
        run = self._plan.run
        if self._all_read:
            return f"interrupted: all rows are stored, and are analysed: triage status {run}"
        counts = None
        with suppress(SQLAlchemyError), reading(self._engine) as connection:
            found = select(Run.read, Run.stored + Run.updated_positions).where(Run.name == run)
            counts = connection.execute(found).one_or_none()
        if counts is None:
            return (
                f"interrupted before anything of run {run} was stored; the same command begins "
                "again"
            )
        return (
            f"interrupted: {counts[0]:,} rows of run {run} are read, {counts[1]:,} of them "
            "stored; the same command goes on"
        )

    def _fail(self, code: int, said: str) -> NoReturn:
        if self._as_json:
            run = None if self._plan is None else self._plan.run
            say(json_text(error_as_json(run, code, said)))
        raise typer.Exit(code)


def _print_error(line: str) -> None:
    say(line, err=True)


def _dry_run(config: Settings, plan: Plan) -> None:
    with _bar(plan) as progress:
        seen = ingestion.dry_run(config, plan, progress)
    for one in seen.inputs:
        if one.reason is not None:
            say(f"{'passed over' if one.empty else 'failed'}: {one.reason}", err=True)
    for name, columns in seen.columns.items():
        say(f"{name}: {columns.describe()}")
    say(f"dry run: read {seen.good + seen.rejected}, good {seen.good}, rejected {seen.rejected}")
    for reject in seen.rejects:
        say(f"  {reject.file}, line {reject.line}: {reject.reason}")
    if seen.rejected > len(seen.rejects):
        say(f"  and {seen.rejected - len(seen.rejects)} more")
    if any(one.failed for one in seen.inputs):
        raise typer.Exit(FAILED)


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
