"""`triage demo`: the sample file through a whole system, in about a minute."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib import resources
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.rule import Rule
from sqlalchemy import Engine

from producer.demo import demo_settings, fresh_home, worker_node
from producer.embedded_redis import NoRedisError
from producer.errors import UsageError
from producer.ingest import ingest, make_plan
from producer.node import require_worker_extra
from producer.progress_bars import wait_for_run
from producer.session import open_settings
from producer.table import make_table
from schema.database import open_engine, reading
from schema.migration import upgrade
from schema.reports import find_report, run_report
from schema.runs import find_run

RUN = "demo"
#: Which reports the demo shows, and how many rows of each.
SHOWN = {
    "sentiment-by-product": 10,
    "entities-in-negative": 8,
    "answers": 8,
    "summaries-and-translations": 6,
}


def demo() -> None:
    """Triage the sample file on this machine: some 200 pieces of feedback, five analyses."""
    require_worker_extra()
    console = Console()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    folder = fresh_home(open_settings().home)
    config = demo_settings(folder)
    engine = open_engine(config.database)
    upgrade(engine)
    sample = resources.files("producer").joinpath("sample", "feedback.csv")
    console.print(f"[bold]1[/] a database: {folder / 'triage.db'}")
    try:
        with worker_node(config) as node, resources.as_file(sample) as path:
            console.print("[bold]2[/] an embedded Redis, and a worker that loads five models")
            done = ingest(engine, config, make_plan(config, [str(path)], run=RUN))
            counts = done.counts
            console.print(
                f"[bold]3[/] the sample: read {counts.read}, stored {counts.stored}, rejected "
                f"{counts.rejected} (why: {done.rejects})"
            )
            ended = wait_for_run(engine, RUN, console, lambda: _still_runs(node, folder))
    except NoRedisError as error:
        raise UsageError(str(error)) from None
    _report(engine, console)
    _next_steps(console, folder, sum(one.dead for one in ended.analyses))


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


def _report(engine: Engine, console: Console) -> None:
    with reading(engine) as connection:
        run_id = find_run(connection, RUN)
        for name, limit in SHOWN.items():
            report = find_report(name)
            console.print(Rule(f"[bold]{name}[/]: {report.description}", align="left"))
            found = run_report(connection, report, run_id, limit)
            console.print(make_table(found.columns, list(found.rows)))


def _next_steps(console: Console, folder: Path, dead: int) -> None:
    program = Path(sys.argv[0])
    console_script = program.name != "__main__.py"
    triage = str(program) if console_script else f"{sys.executable} -m producer"
    triage = f"TRIAGE_DATABASE_URL=sqlite:///{folder / 'triage.db'} {triage}"
    console.print(Rule("[bold]what next", align="left"))
    for line in (
        f"The database is {folder / 'triage.db'}; everything that was started has been stopped.",
        f"  {triage} report",
        f"  {triage} report longest-complaints",
        f"  {triage} report dead-letters    # why {dead} texts have no translation",
    ):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
