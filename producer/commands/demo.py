"""`triage demo`: the sample file through a whole system, in about a minute."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import resources
from itertools import compress
from pathlib import Path
from shlex import quote
from types import FrameType

from rich.console import Console
from rich.rule import Rule
from sqlalchemy import Engine, func, select

from producer.demo.environment import demo_settings, fresh_home, worker_node
from producer.demo.examples import EXAMPLES, examples
from producer.display.interval_cells import join_intervals
from producer.display.progress_bars import wait_for_run
from producer.display.table import make_table
from producer.errors import UsageError
from producer.ingest import ingest, make_plan
from producer.nodes.embedded_redis import NoRedisError
from producer.nodes.requirements import require_worker_extra
from producer.session import open_settings
from schema.control_characters import escape_controls
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from schema.reports import ReportOptions, Value, find_report, run_report
from schema.settings import Settings
from schema.status.runs import find_run
from schema.tables import AbstentionRow

RUN = "demo"
#: Which reports the demo shows, and how many rows of each.
SHOWN = {
    "sentiment-by-product": 10,
    "entities-in-negative": 8,
    "answers": 8,
}

#: Counts that are shown where they are not all 0.
RARE = ("unsure_mentions", "unsure", "no_polarity")


def demo() -> None:
    """Triage the sample file on this machine: some 200 pieces of feedback, seven analyses."""
    require_worker_extra()
    console = Console()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        with fresh_home(open_settings().home) as folder:
            config = demo_settings(folder)
            engine = open_engine(config.database)
            upgrade(engine)
            console.print(
                f"[bold]1[/] a database: {_shown(folder / 'triage.db')}",
                soft_wrap=True,
                highlight=False,
            )
            _analyse(engine, config, console)
            untranslated = _report(engine, console)
            _next_steps(console, folder, untranslated)
    except NoRedisError as error:
        raise UsageError(str(error)) from None


def _analyse(engine: Engine, config: Settings, console: Console) -> None:
    sample = resources.files("producer").joinpath("demo", "feedback.csv")
    with worker_node(config) as node, resources.as_file(sample) as path:
        console.print("[bold]2[/] an embedded Redis, and a worker that loads seven models")
        done = ingest(engine, config, make_plan(config, [str(path)], run=RUN))
        counts = done.counts
        console.print(
            f"[bold]3[/] the sample: read {counts.read}, stored {counts.stored}, rejected "
            f"{counts.rejected} (why: {_shown(done.rejects)})",
            soft_wrap=True,
        )
        wait_for_run(engine, RUN, console, lambda: _still_runs(node, config.home))


def _interrupt(number: int, _frame: FrameType | None) -> None:
    """Leave through every `finally`, so that all that was started is stopped."""
    # A second signal must not break off the stopping.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def _still_runs(node: subprocess.Popen[bytes], folder: Path) -> None:
    if node.poll() is not None:
        log = (folder / "worker.log").read_text("utf-8", errors="replace").splitlines()
        raise UsageError("the worker has ended; the last lines of its log:\n" + "\n".join(log[-5:]))


def _report(engine: Engine, console: Console) -> int:
    """Show what was found; returns how many texts could not be translated."""
    with reading(engine) as connection:
        run_id = find_run(connection, RUN)
        for name, limit in SHOWN.items():
            report = find_report(name)
            _title(console, name, report.description)
            found = run_report(connection, report, ReportOptions(run_id=run_id, limit=limit))
            shown = _without_zeros(found.columns, list(found.rows))
            console.print(make_table(*join_intervals(*shown)))
        _title(console, "examples", f"{EXAMPLES} short texts, and what was found in them")
        console.print(examples(connection, run_id))
        query = select(func.count()).where(
            AbstentionRow.run_id == run_id, AbstentionRow.analysis == "translation"
        )
        return int(connection.execute(query).scalar_one())


def _without_zeros(
    columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> tuple[list[str], list[tuple[Value, ...]]]:
    """A terminal is narrow: counts of what hardly ever occurs are left out where it does not."""
    kept = [
        name not in RARE or any(row[place] for row in rows) for place, name in enumerate(columns)
    ]
    return list(compress(columns, kept)), [tuple(compress(row, kept)) for row in rows]


def _title(console: Console, name: str, description: str) -> None:
    # Below the name, since a rule is cut off where the terminal ends.
    console.print(Rule(f"[bold]{name}", align="left"))
    console.print(description, style="italic", highlight=False, markup=False)


def _next_steps(console: Console, folder: Path, untranslated: int) -> None:
    program = Path(sys.argv[0])
    console_script = program.name != "__main__.py"
    triage = quote(str(program)) if console_script else f"{quote(sys.executable)} -m producer"
    database = _shown(folder / "triage.db")
    triage = f"TRIAGE_DATABASE_URL={quote(f'sqlite:///{database}')} {triage}"
    console.print(Rule("[bold]what next", align="left"))
    for line in (
        f"The database is {database}; everything that was started has been stopped.",
        f"  {triage} report",
        f"  {triage} report longest-complaints",
        f"  {triage} themes    # what customers talk about",
        f"  {triage} search 'never arrived'",
        f"  {triage} report not-analysed    # why {untranslated} texts have no translation",
    ):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _shown(path: Path) -> str:
    """The path as somebody in the current folder would write it."""
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return escape_controls(str(here))
