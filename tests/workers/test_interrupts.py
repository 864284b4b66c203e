"""Ctrl-C while a program of the workers is still imported: a sentence, and no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from schema.interrupts import INTERRUPTED

_IN_THE_MIDDLE = """
import builtins, os, runpy, signal, sys
original = builtins.__import__
def imported(name, *rest, **more):
    if name.startswith({when!r}):
        os.kill(os.getpid(), signal.SIGINT)
    return original(name, *rest, **more)
builtins.__import__ = imported
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["program", "worker"]
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("module", "when"),
    [
        ("workers", "celery.bin"),
        ("workers", "workers.celery"),
        ("workers.analyze", "schema.catalog"),
        ("workers.calibrate", "sqlalchemy"),
    ],
)
def test_it_is_one_sentence(module: str, when: str) -> None:
    code = _IN_THE_MIDDLE.format(module=module, when=when)
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (INTERRUPTED, "")
    assert ended.stderr == ("interrupted before anything was done; the same command begins again\n")
