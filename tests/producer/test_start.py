"""Ctrl-C while `triage` is still imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_IN_THE_MIDDLE = """
import builtins, os, signal, sys
original = builtins.__import__
def imported(name, *rest, **more):
    if name.startswith("producer.commands.{when}"):
        os.kill(os.getpid(), signal.SIGINT)
    return original(name, *rest, **more)
builtins.__import__ = imported
sys.argv = ["triage", "status"]
{before}
from producer.start import main
main()
"""


def _run(when: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = _IN_THE_MIDDLE.format(when=when, before=before)
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )


def test_it_is_one_sentence_and_130() -> None:
    # Whoever runs the tests in the background has them ignore the signal.
    ended = _run("analyze", before="signal.signal(signal.SIGINT, signal.default_int_handler)")
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "interrupted before anything was done; the same command begins again\n"


def test_in_the_background_it_stays_ignored() -> None:
    ended = _run("analyze", before="signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert ended.returncode not in (130, -2)
    assert "interrupted" not in ended.stderr
