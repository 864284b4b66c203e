"""A training that is killed at any point goes on with the same command, to the same weights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkpoints import build_sentiment
from tests.support.teaching import labelled_rows, write_rows

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
#: 16 texts to learn from make 4 steps an epoch, each validated after 2 and 4.
RECIPE = ["--learning-rate", "0.01", "--epochs", "3", "--batch-size", "4", "--patience", "9"]


def run(output: Path, data: Path, base: Path, point: str = "never", number: int = 0) -> int:
    """The exit code of a training in a process of its own, which dies at a point."""
    given = ["tone", "--data", str(data), "--base", str(base), "--output", str(output)]
    killed = [sys.executable, "-m", "tests.workers.train.killed", point, str(number)]
    done = subprocess.run(
        [*killed, *given, *RECIPE, "--device", "cpu"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "TRIAGE_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def test_killed_wherever_it_comes_to_the_same_weights(tmp_path: Path) -> None:
    # With dropout, so that the state of the random numbers matters.
    base = build_sentiment(tmp_path / "base", labels=4, dropout=0.2)
    data = write_rows(tmp_path / "a.csv", labelled_rows(20), ["text", "label"])
    assert run(tmp_path / "whole", data, base) == 0
    output, work = tmp_path / "out", tmp_path / "out.training"
    for point, number, left in [
        # Within the second epoch.
        ("step", 7, "checkpoint-6"),
        ("saving", 8, "checkpoint-8"),
        ("ending", 0, "checkpoint-12"),
    ]:
        assert run(output, data, base, point, number) == -signal.SIGKILL
        assert (work / left).is_dir() and not output.exists()
    assert run(output, data, base) == 0
    assert not work.exists()
    weights = [(one / "model.safetensors").read_bytes() for one in (tmp_path / "whole", output)]
    assert weights[0] == weights[1]
    assert weights[0] != (base / "model.safetensors").read_bytes()
