"""32 faults, each followed by recovery, `triage verify` and the comparison."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


#: Of every kind at least one comes.
SEED = "50001608"


def test_32_faults_lose_nothing_double_nothing_and_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    command = ["--faults", "32", "--seed", SEED, "--summary", str(path)]
    played = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert played.returncode == 0, played.stdout
    said = path.read_text()
    for database in ("sqlite", "postgresql"):
        row = re.search(
            rf"^\| {database} \| 16 \| \d+ \| \d+ \| ([\d,]+) (\| 0 ){{3}}\|$", said, re.M
        )
        assert row and int(row[1].replace(",", "")) > 500, said
