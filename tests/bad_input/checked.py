"""What every command must keep to, whatever it is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.console import Ended

#: Of a line on the terminal.
MOST_CHARACTERS = 2_500
#: On standard error: a warning that there is no Redis, how the input is read, and a sentence.
MOST_LINES = 6


def check_terminal(ended: Ended) -> None:
    """A documented exit code, no traceback, and sentences that a terminal can show."""
    assert ended.code in (0, 2, 3), ended
    assert "Traceback" not in ended.out + ended.err
    assert ended.err.count("\n") <= MOST_LINES, ended.err
    for line in (ended.out + ended.err).splitlines():
        assert len(line) <= MOST_CHARACTERS
        assert line.isprintable(), line
    said = [line for line in ended.err.splitlines() if line.startswith("triage: ")]
    assert len(said) == (1 if ended.code else 0), ended.err


def read_rejects(path: Path, input_name: str) -> list[dict[str, Any]]:
    """The rejects of a run, each with the file, its line and a reason."""
    if not path.exists():
        return []
    rejects = [json.loads(line) for line in path.read_bytes().splitlines()]
    for reject in rejects:
        assert set(reject) == {"file", "line", "reason", "row", "column", "fix"}
        assert reject["fix"].strip() and "\n" not in reject["fix"]
        # A member of an archive is called as the archive, and itself.
        assert reject["file"] == input_name or reject["file"].startswith(f"{input_name}/")
        assert reject["line"] >= 1
        assert reject["reason"].strip() and "\n" not in reject["reason"]
        assert len(reject["reason"]) < MOST_CHARACTERS
    lines = [reject["line"] for reject in rejects]
    assert lines == sorted(set(lines))
    return rejects
