"""The console: `triage` and its commands, each imported only when it is called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from importlib import import_module, metadata
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from producer.display.say import say
from producer.errors import without_traceback
from schema.control_characters import escape_controls
from schema.private_files import be_private

#: The commands in the order of the help, with what each does, in its own first sentences; a test
#: compares them. `triage NAME` is the function NAME in `producer/commands/NAME.py`, with `_` for
#: `-`.
COMMANDS = {
    "init": "Create the database, or upgrade it to this version.",
    "ingest": "Read feedback from files, and put it in line for analysis.",
    "worker": "Work on jobs: one Celery node with warm models, until it is stopped.",
    "workers": (
        "Work on jobs with one node for each GPU, started again when it dies, until stopped."
    ),
    "status": (
        "Show how far each analysis is: documents done, in flight, waiting, dead; rate; time "
        "left. Without RUN, also the workers, why one is not ready, and which models each has "
        "in memory."
    ),
    "pause": "Hold a run back until `triage resume`; what workers are busy with is finished.",
    "resume": "Let a run go on that `triage pause` held back.",
    "cancel": "Give up what is left of a run, for good; what is done of it stays.",
    "archive": (
        "Leave a finished or cancelled run out of `status`, `dead`, `retry` and the reports on "
        "runs, unless it is named; its results stay."
    ),
    "delete": (
        "Delete a run: its results, dead letters, jobs and rejected rows, and the documents "
        "that no other run has. Killed in between, it goes on when it is run again."
    ),
    "dead": "List dead letters, newest first: which document failed, in which analysis, and why.",
    "retry": (
        "Let jobs that wait out a back-off go at once; with --dead replay dead letters as well."
    ),
    "verify": "Prove that nothing is lost and nothing is double: rows, jobs and outcomes add up.",
    "forget": (
        "Delete a customer's documents: their text, all results of them, and their rejected rows."
    ),
    "report": "Show a report on the results in the database, or write all of them as a page.",
    "export": "Write a view or a report to a file, row by row.",
    "prefer": (
        "Let the results of a run count in views and reports, though others are newer; nothing "
        "is changed or deleted."
    ),
    "compare": "Show what flipped between two runs, of the documents that both have analysed.",
    "review": (
        "Write a CSV for a person to label: a random part of a run, and the least certain results."
    ),
    "correct": (
        "Store a person's labels beside the model's; a later one of the same person counts instead."
    ),
    "duplicates": (
        "Find copies: documents with the same words, or made from one template, and group them."
    ),
    "search": "Find documents by their words and, where they have embeddings, by what they mean.",
    "themes": "Find what customers talk about; the next time only what is new gets its themes.",
    "digest": (
        "Say which five things changed most, how sure that is, and what customers say of them."
    ),
    "headline": "Show how much is written and how the customers feel.",
    "complaints": (
        "Show what is complained about most: themes by the texts of unhappy customers in them."
    ),
    "rising": "Show what is new or rising: in the last whole week, or in each one from --since on.",
    "satisfaction": (
        "Show the mean rating and what is classified as negative over time, the newest last."
    ),
    "segments": "Compare each segment with all others together, the worst first.",
    "drivers": (
        "Show what goes with low ratings: of each theme the mean with it, less that without it."
    ),
    "before-after": "Compare the days before a date with as many from it on: did the release help?",
    "trust": (
        "Show how far the figures can be trusted: models, how often they are right, what is "
        "missing."
    ),
    "urgent": "List the feedback that cannot wait, the most urgent first, with reasons and quotes.",
    "explain": (
        "Show why: which sentences carry a label, where entities, answers and summaries stand."
    ),
    "analyze": "Try models on a few texts: files or texts in, each with its results out.",
    "calibrate": (
        "Fit a model's probabilities to labelled texts, and find below which it is unsure."
    ),
    "models": (
        "List, fetch or check the models that the catalog names; or show which families there are."
    ),
    "evaluate": (
        "Measure a model on labelled texts, each figure with its interval; or two, side by side."
    ),
    "train": "Train a model on labelled texts; killed, it goes on with the same command.",
    "metrics": (
        "Serve metrics of the ledger, the workers and the servers for Prometheus, or print them "
        "once."
    ),
    "doctor": "Check database, Redis, workers, models, disk and clocks: fine, or what to do.",
    "serve": "Serve the page over the live database, for those whom `triage users` lets in.",
    "users": "List, add, change or remove who can log in to `triage serve`.",
    "audit": "Show logins and edits of the served page, the newest first: ids only, no texts.",
    "flower": (
        "Watch queues, workers and tasks in the browser. A login is required: TRIAGE_FLOWER_AUTH."
    ),
    "demo": (
        "Triage the sample on this machine: some 700 pieces of feedback, eight analyses, one page."
    ),
}
#: What the parser of the command line raises; it quotes what it does not understand.
_WrongUsage: Any = typer.BadParameter.__base__
_OPTIONS: dict[str, Any] = {
    # A traceback with the values of variables could show what a customer wrote.
    "pretty_exceptions_show_locals": False,
    "rich_markup_mode": "markdown",
}


class _Loaded(MutableMapping[str, Any]):
    """Commands by their names, each imported when somebody asks for it.

    Args:
        there: Commands that need no import.
    """

    def __init__(self, there: MutableMapping[str, Any]) -> None:
        self._there = dict(there)

    def __getitem__(self, name: str) -> Any:
        if name not in self._there:
            self._there[name] = _load(name, COMMANDS[name])
        return self._there[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._there[name] = command

    def __delitem__(self, name: str) -> None:
        del self._there[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*COMMANDS, *self._there)))

    def __len__(self) -> int:
        return len(list(iter(self)))


#: Commands whose sentences begin with their name: programs that read answers of `triage analyze`
#: tell by it that there will be none.
_SAY_THEIR_NAME = ("analyze",)


def _load(name: str, summary: str) -> Any:
    """Import a command, and have it parse its part of the command line."""
    word = name.replace("-", "_")
    function: Callable[..., None] = getattr(import_module(f"producer.commands.{word}"), word)
    alone = typer.Typer(add_completion=False, **_OPTIONS)
    said = inspect.getdoc(function) or summary
    named = f"triage {name}" if name in _SAY_THEIR_NAME else "triage"
    alone.command(name, help=said, short_help=summary)(without_traceback(function, named))
    return typer.main.get_command(alone)


class _Commands(TyperGroup):
    """The commands; an error in how one is called cannot steer the terminal either."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _Loaded(self.commands)

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, without an import."""
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What help and completion list of a command: its name and what it does."""
        summary = COMMANDS.get(cmd_name)
        return summary and TyperCommand(cmd_name, help=summary, short_help=summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, imported."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and self.commands[str(name)], rest

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Parse what is said before a command."""
        with _escaped_errors():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        """Parse what is said behind it, and run it."""
        with _escaped_errors():
            return super().invoke(ctx)


@contextmanager
def _escaped_errors() -> Iterator[None]:
    try:
        yield
    except _WrongUsage as error:
        error.message = escape_controls(error.message)
        raise


console = typer.Typer(
    cls=_Commands,
    name="triage",
    help="Triage customer feedback: sentiment, entities, answers, summaries, translations in SQL.",
    no_args_is_help=True,
    **_OPTIONS,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"triage {metadata.version('feedback-triage')}")
        raise typer.Exit


@console.callback()
def _before(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Take what is said before a command."""


def main() -> None:
    """Entry point of the `triage` script."""
    be_private()
    console()
