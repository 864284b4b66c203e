"""Every command of the console, and what it prints: nothing secret."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.flower import ROOT
from tests.end_to_end.node import PATIENCE
from tests.safety.doors import SECRET
from tests.support.console import Triage

#: Commands that say what to run where there are no results yet.
UNANSWERED = (
    *("headline", "complaints", "rising", "satisfaction", "segments", "drivers", "before-after"),
)

#: Every command that ends by itself, and runs in this process.
ENDING = {
    "init": [],
    "ingest": ["{feed}", "--run", "r", "--analyses", "sentiment"],
    "status": ["r"],
    "pause": ["r"],
    "resume": ["r"],
    "dead": ["r"],
    "retry": ["r"],
    "verify": ["r"],
    "report": ["--html", "r", "--output", "{feed}.html"],
    "review": ["r", "--output", "{feed}.review"],
    "correct": ["{feed}.review"],
    "duplicates": [],
    "export": ["v_daily"],
    "prefer": [],
    "compare": ["r", "r"],
    "search": ["zip broke"],
    "themes": [],
    "urgent": [],
    "digest": [],
    "trust": [],
    "metrics": ["--once"],
    "doctor": [],
    "users": [],
    "audit": [],
    **dict.fromkeys(UNANSWERED, []),
    "before-after": ["2026-10-01"],
    "forget": ["--external-id", "9", "--dry-run"],
    "cancel": ["r"],
    "archive": ["r"],
    "delete": ["r", "--yes"],
}
#: Commands that become another program, or go on until they are stopped, if nothing is wrong.
LASTING = {"worker": ["--device", "cpu"], "workers": ["--devices", "cpu"], "flower": []}
#: Commands that have to be a process: they take its signals, or another program reads the settings.
PROGRAMS = {
    "worker": ["--device", "cpu"],
    "demo": [],
    "serve": ["--port", "0"],
    "analyze": ["nothing.jsonl"],
    "explain": ["1"],
    "calibrate": ["sentiment", "--data", "nothing.csv"],
    "evaluate": ["sentiment", "--data", "nothing.csv"],
    "train": ["sentiment", "--data", "nothing.csv", "--output", "nowhere"],
    "models": ["list"],
}


class Printed:
    """Runs commands, and sees that nothing secret is printed."""

    def __init__(self, triage: Triage, log: pytest.LogCaptureFixture, feed: Path) -> None:
        self._triage = triage
        self._log = log
        self._feed = feed
        log.set_level(logging.DEBUG)

    def check(self, command: str, *arguments: str) -> tuple[int, str]:
        """The exit code of a command in this process, and what it said about an error."""
        given = [one.format(feed=self._feed) for one in arguments or (ENDING | LASTING)[command]]
        ended = self._triage(command, *given)
        for said in (ended.out, ended.err, self._log.text):
            assert SECRET not in said, (command, said)
        assert "Traceback" not in ended.out + ended.err
        return ended.code, ended.err


def check_program(command: str, tmp_path: Path) -> None:
    """The same for a command that has to be a process; it fails, and says why in a sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "producer", command, *PROGRAMS[command]],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode != 0
    assert SECRET not in done.stdout + done.stderr, command
    assert "Traceback" not in done.stderr, done.stderr
