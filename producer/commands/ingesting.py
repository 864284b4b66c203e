"""An ingestion as the console does it: its bar, what it says, how it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

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
from producer.errors import explain
from producer.exit_codes import INCOMPLETE
from producer.ingest import Counts, Plan
from producer.ingest.ingestion import Progress
from producer.ingest.reading import ReadInput
from producer.ingest.recipes import write_recipe as recipes
from producer.session import open_database
from schema.control_characters import json_text
from schema.database import reading
from schema.interrupts import INTERRUPTED
from schema.settings import Settings
from schema.tables import Run

#: What `--wait` ends with when the run was cancelled meanwhile.
CANCELLED = 1
#: Kinds of reasons that a dry run shows.
SHOWN_KINDS = 5


class Ingesting:
    """An ingestion that the command line asks for, and how its end is said.

    Args:
        as_json: Whether it is said as JSON, and all else on standard error.
        recipe_file: Where a recipe of what was read is to be written; None for nowhere.
    """

    def __init__(self, as_json: bool, recipe_file: Path | None = None) -> None:
        self._as_json = as_json
        self._recipe_file = recipe_file
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
        self._check_recipe_file()
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
        self._save_recipe(plan, done.inputs)
        code = INCOMPLETE if done.failed or done.too_many_rejected else 0
        if wait and not done.unfinished:
            code = self._wait(engine, done.run) or code
        elif done.counts.rejected_in_all < done.counts.read:
            say(f"next: triage status {done.run}", err=self._as_json)
        if self._as_json:
            say(json_text(summary_as_json(done, code)))
        if code:
            raise typer.Exit(code)

    def dry_run(self, config: Settings, plan: Plan, show_text: bool) -> None:
        """Read and look into everything, say what would go in, and store nothing."""
        self._check_recipe_file()
        with _bar(plan) as progress:
            seen = ingestion.dry_run(config, plan, progress, _print_error)
        for one in seen.inputs:
            if one.reason is not None:
                say(f"{'passed over' if one.empty else 'failed'}: {one.reason}", err=True)
            # What is no terminal may be a log.
            shown = show_text or sys.stdout.isatty()
            for line in one.view.lines(plan, shown) if one.view else ():
                say(line)
        read = seen.good + seen.rejected
        say(f"dry run: read {read}, good {seen.good}, rejected {seen.rejected}")
        for kind, count in seen.reasons.most_common(SHOWN_KINDS):
            say(f"  {count} × {kind}")
        for reject in seen.rejects:
            say(f"  {reject.file}, line {reject.line}: {reject.reason}")
        if seen.rejected > len(seen.rejects):
            say(f"  and {seen.rejected - len(seen.rejects)} more")
        self._save_recipe(plan, seen.inputs)
        if seen.failed:
            raise typer.Exit(INCOMPLETE)

    def _check_recipe_file(self) -> None:
        if self._recipe_file:
            recipes.check_recipe_file(self._recipe_file)

    def _save_recipe(self, plan: Plan, inputs: Sequence[ReadInput]) -> None:
        if self._recipe_file:
            views = [one.view for one in inputs if one.view]
            recipes.save_recipe(self._recipe_file, [view.recipe(plan) for view in views])
            say(f"recipe: {self._recipe_file}", err=self._as_json)

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
