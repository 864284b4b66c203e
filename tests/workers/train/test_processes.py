"""`accelerate launch` with two processes trains one model, as one process does with its batches."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tests.support.teaching import build_base, labelled_rows, teach, write_rows

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def test_two_processes_train_one_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = build_base(tmp_path / "base")
    # 48 to learn from, so that every step has eight.
    data = write_rows(tmp_path / "a.csv", labelled_rows(60), ["text", "label"])
    one, two = tmp_path / "one", tmp_path / "two"
    recipe = ["--learning-rate", "0.001", "--epochs", "2", "--batch-size", "8", "--device", "cpu"]
    assert teach("tone", data, base, one, *recipe) == 0
    said = capsys.readouterr().err
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"]
    launch += [
        "--num_processes",
        "2",
        "--num_machines",
        "1",
        "--mixed_precision",
        "no",
        "--dynamo_backend",
        "no",
    ]
    given = ["tone", "--data", str(data), "--base", str(base), "--output", str(two), *recipe]
    done = subprocess.run(
        [*launch, "--main_process_port", "0", "-m", "workers.train", *given],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "TRIAGE_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    # One of them speaks.
    assert done.stdout.count("[classify.tone]") == 1
    losses = [re.findall(r"epoch .*: loss ([\d.]+)", text) for text in (said, done.stderr)]
    assert len(losses[0]) == len(losses[1]) == 2
    # Which texts are in a step together may differ.
    for alone, together in zip(*losses, strict=True):
        assert float(together) == pytest.approx(float(alone), abs=0.01)
    weights, before = (load_file(folder / "model.safetensors") for folder in (two, base))
    changed = [name for name in before if before[name].shape == weights[name].shape]
    learned = max(float((weights[name] - before[name]).abs().max()) for name in changed)
    assert learned > 4e-3
    assert json.loads((two / "training.json").read_text("utf-8"))["processes"] == 2
