"""Ctrl-C while `triage` is still imported, parses, or ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

#: Sends the signal when a module is about to be imported, and runs `triage ARGUMENTS`.
_IN_THE_MIDDLE = """
import builtins, os, signal, sys
original = builtins.__import__
def imported(name, *rest, **more):
    if name.startswith({when!r}):
        os.kill(os.getpid(), signal.SIGINT)
    return original(name, *rest, **more)
builtins.__import__ = imported
sys.argv = ["triage", *{arguments!r}]
{before}
from producer.start import main
main()
"""
#: Whoever runs the tests in the background has them ignore the signal.
_FOREGROUND = "signal.signal(signal.SIGINT, signal.default_int_handler)"
_NOTHING = "interrupted before anything was done; the same command begins again\n"


def _run(when: str, *arguments: str, before: str = _FOREGROUND) -> subprocess.CompletedProcess[str]:
    code = _IN_THE_MIDDLE.format(when=when, arguments=arguments, before=before)
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("when", "arguments"),
    [
        ("producer.console", ["status"]),
        ("typer", ["status"]),
        # While the command itself is imported, and what it needs.
        ("sqlalchemy", ["status"]),
        ("producer.display", ["status"]),
        # While the help is printed.
        ("rich", ["--help"]),
    ],
)
def test_before_the_command_it_is_one_sentence_and_130(when: str, arguments: list[str]) -> None:
    ended = _run(when, *arguments)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == _NOTHING


def test_within_the_command_it_is_one_sentence_and_130() -> None:
    # What `headline` imports only when it runs.
    ended = _run("schema.questions.headline", "headline")
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "interrupted\n"


def test_at_the_very_end_it_is_one_sentence_and_130() -> None:
    at_the_end = (
        "import atexit, time\n"
        "atexit.register(lambda: (os.kill(os.getpid(), signal.SIGINT), time.sleep(0)))"
    )
    ended = _run("nothing", "dead", "no-such-run", before=f"{_FOREGROUND}\n{at_the_end}")
    assert ended.returncode == 130
    assert ended.stderr.endswith("interrupted at the very end\n")
    assert "Traceback" not in ended.stderr


def test_in_the_background_it_stays_ignored() -> None:
    ended = _run("sqlalchemy", "status", before="signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert ended.returncode not in (130, -2)
    assert "interrupted" not in ended.stderr
