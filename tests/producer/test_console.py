"""The console: what it imports, what it lists, its version, its completion."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from importlib import import_module, metadata
from pathlib import Path

import pytest
import typer.main

from producer.console import COMMANDS, console
from tests.support.console import Triage

ROOT = Path(__file__).parents[2]
#: Each takes longer to import than a user notices.
HEAVY = {
    *("alembic", "celery", "jinja2", "kombu", "numpy", "pandas", "prometheus_client", "pyarrow"),
    *("pydantic", "redis", "scipy", "sqlalchemy", "torch", "transformers"),
}


def imported(*arguments: str) -> set[str]:
    """The packages that a command line imports."""
    code = (
        "import sys\n"
        f"sys.argv = ['triage', *{arguments!r}]\n"
        "from producer.start import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ()], ids=str)
def test_what_needs_no_command_imports_none_and_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert not imported(*arguments) & HEAVY


def test_a_command_imports_only_what_it_needs() -> None:
    there = imported("status", "--help")
    assert "sqlalchemy" in there
    assert not there & {"celery", "numpy", "pyarrow", "scipy", "torch"}


def test_the_version_is_that_of_the_package(triage: Triage) -> None:
    ended = triage("--version")
    assert (ended.code, ended.out) == (0, f"triage {metadata.version('feedback-triage')}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_what_a_command_says_of_itself(name: str) -> None:
    word = name.replace("-", "_")
    function = getattr(import_module(f"producer.commands.{word}"), word)
    first = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
    assert COMMANDS[name] == first


def test_every_command_can_be_loaded_and_is_in_the_help(triage: Triage) -> None:
    loaded = typer.main.get_command(console).commands  # type: ignore[attr-defined]
    assert [loaded[name].name for name in loaded] == list(COMMANDS)
    said = triage("--help").out
    assert all(f"│ {name} " in said for name in COMMANDS)


def complete(shell: str, words: str, line: int | None = None) -> list[str]:
    """What a shell is told to offer behind these words."""
    asked = {
        "_TRIAGE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(line if line is not None else words.count(" ")),
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv = ['triage']\nfrom producer.start import main; main()",
        ],
        cwd=ROOT,
        env=os.environ | asked,
        capture_output=True,
        text=True,
    )
    assert not done.stderr
    return done.stdout.splitlines()


def test_bash_completes_commands_and_options() -> None:
    assert complete("bash", "triage sta") == ["status"]
    assert complete("bash", "triage status --w") == ["--watch"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_complete_with_what_a_command_does(shell: str) -> None:
    said = "\n".join(complete(shell, "triage sta"))
    assert "status" in said and "Show how far each analysis is" in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_the_script_that_asks_for_completions(shell: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv = ['triage']\nfrom producer.start import main; main()",
        ],
        cwd=ROOT,
        env=os.environ | {"_TRIAGE_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
    )
    assert "_TRIAGE_COMPLETE" in done.stdout and "triage" in done.stdout
