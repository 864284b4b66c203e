"""Programs that a release runs."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from release.errors import ReleaseError

#: Lines of a program's output that an error quotes.
QUOTED_LINES = 25


def run(
    command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str] | None = None
) -> str:
    """What a program prints on its standard output.

    Args:
        environment: All of its variables; None for our own.

    Raises:
        ReleaseError: If it exits with anything but 0; with the last lines that it printed.
    """
    named = [str(part) for part in command]
    done = subprocess.run(
        named, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()[-QUOTED_LINES:]
        raise ReleaseError("\n".join([f"{' '.join(named)} exits with {done.returncode}:", *said]))
    return done.stdout
