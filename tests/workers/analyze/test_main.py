"""`triage analyze` as a function."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.analyze import main


def test_it_says_what_the_command_says(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("It leaks\n")
    assert main([str(path), "--analyses", "language", "--format", "jsonl"]) == 0
    assert b'"It leaks"' in capfdbinary.readouterr().out


def test_it_ends_as_the_command_ends(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["there-is-none.csv", "--analyses", "language"]) == 2
    assert capfd.readouterr().err.startswith("triage analyze: there-is-none.csv")
