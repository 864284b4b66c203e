"""`triage demo`: the sample through a whole system to the page, in some three minutes."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib import resources
from pathlib import Path
from shlex import quote
from types import FrameType

from rich.console import Console
from rich.rule import Rule
from rich.text import Text
from sqlalchemy import Engine, func, select

from producer.commands.report_page import PageRequest, write_page
from producer.demo.environment import demo_settings, fresh_home, worker_node
from producer.display.progress_bars import wait_for_run
from producer.display.table import plain_text
from producer.errors import UsageError
from producer.ingest import ingest, make_plan
from producer.nodes.embedded_redis import NoRedisError
from producer.nodes.requirements import require_worker_extra
from producer.session import open_settings
from schema.control_characters import escape_controls
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from schema.settings import Settings
from schema.tables import AbstentionRow
from schema.themes.scope import ThemeScope

RUN = "demo"
#: The files of the sample: letters to a company of all kinds, and half a year of reviews.
SAMPLES = ("feedback.csv", "reviews.csv")
#: The page, in the demo's folder.
PAGE = "report.html"


def demo() -> None:
    """Triage the sample on this machine: some 700 pieces of feedback, eight analyses, one page."""
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
            _report(engine, folder, console)
            _next_steps(console, folder, _untranslated(engine))
    except NoRedisError as error:
        raise UsageError(str(error)) from None


def _analyse(engine: Engine, config: Settings, console: Console) -> None:
    sample = resources.files("producer").joinpath("demo")
    with worker_node(config) as node, resources.as_file(sample) as samples:
        console.print("[bold]2[/] an embedded Redis, and a worker that loads the built-in models")
        done = ingest(
            engine, config, make_plan(config, [str(samples / name) for name in SAMPLES], run=RUN)
        )
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


def _report(engine: Engine, folder: Path, console: Console) -> None:
    """Find themes, write the page, and show the lines that it begins with."""
    from producer.themes.finding import find_themes

    find_themes(engine, ThemeScope())
    page = folder / PAGE
    lines = write_page(engine, PageRequest(), page)
    console.print(
        "[bold]4[/] what customers talk about, found as themes; and a page of it all, which begins:"
    )
    for line in lines:
        console.print(Text.assemble("  ", plain_text(line)), highlight=False, soft_wrap=True)
    console.print(
        Text.assemble(("5", "bold"), " open it with a browser: ", (_shown(page), "bold")),
        soft_wrap=True,
    )


def _untranslated(engine: Engine) -> int:
    """How many texts could not be translated."""
    query = (
        select(func.count())
        .select_from(AbstentionRow)
        .where(AbstentionRow.analysis == "translation")
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


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
        f"  {triage} urgent    # whom to call today",
        f"  {triage} report --html --since 2026-11-01    # the page on some of it",
        f"  {triage} digest --since 4w --until 2026-11-22    # what changed most, for a mail",
        f"  {triage} themes    # what customers talk about",
        f"  {triage} search 'never arrived'",
        f"  {triage} report not-analysed    # why {untranslated} texts have no translation",
    ):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _shown(path: Path) -> str:
    """The path as somebody in the current folder would write it."""
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return escape_controls(str(here))
