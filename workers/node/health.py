"""Health: whether a node of this host is well, read from its pulse without asking the node.

python -m workers.node.health NAME [--late SECONDS]

Exit code 0 if it is, 1 if not, with the reason. NAME is what `triage worker --name` was given.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from workers.node.pulse import LATE, Pulse, pulse_path


def complaint(home: Path, node: str, late: float = LATE) -> str | None:
    """What is wrong with a node, in a sentence; None if it is well.

    Args:
        home: `Settings.home`.
        node: Its name as Celery has it, e.g. `gpu0@host`.
        late: Seconds without a sign of life that are too many.
    """
    path = pulse_path(home, node)
    try:
        return Pulse.read(path).complaint(late)
    except FileNotFoundError:
        return f"no such node runs: there is no {path}"
    except (OSError, ValueError) as error:
        return f"cannot read {path}: {type(error).__name__}"


def home_folder() -> Path:
    """The home folder, read as the node reads it."""
    if "TRIAGE_HOME" not in os.environ and Path(".env").exists():
        # Half a second of processor, which an image does not need: it has the variable.
        from schema.settings import settings

        return settings().home
    return Path(os.environ.get("TRIAGE_HOME", ".triage"))


def main() -> int:
    """Print how the node is; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workers.node.health", description=__doc__)
    parser.add_argument("name", help="of the node, without @host")
    parser.add_argument("--late", type=float, default=LATE, help="seconds without a sign of life")
    arguments = parser.parse_args()
    node = f"{arguments.name}@{socket.gethostname()}"
    if wrong := complaint(home_folder(), node, arguments.late):
        print(f"node {node} is not well: {wrong}", file=sys.stderr)
        return 1
    print(f"node {node} is well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
