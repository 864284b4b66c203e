"""Health: whether a node of this host is well, read from its pulse without asking the node.

python -m workers.node.health NAME [--ready] [--late SECONDS]

Exit code 0 if it is, 1 if not, with the reason; with --ready also 1 while it takes no jobs yet.
NAME is what `triage worker --name` was given.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from workers.node.pulse import LATE, Pulse, pulse_path


@dataclass(frozen=True, slots=True)
class Health:
    """How a node is.

    Attributes:
        complaint: What is wrong with it, in a sentence; None if it is well.
        doing: What a node that is well does, if it is not ready: it loads its models, say.
    """

    complaint: str | None
    doing: str | None = None


def health_of(home: Path, node: str, late: float = LATE) -> Health:
    """How a node is, from what it has written down.

    Args:
        home: `Settings.home`.
        node: Its name as Celery has it, e.g. `gpu0@host`.
        late: Seconds without a sign of life that are too many.
    """
    path = pulse_path(home, node)
    try:
        pulse = Pulse.read(path)
    except FileNotFoundError:
        return Health(f"no such node runs: there is no {path}")
    except (OSError, ValueError) as error:
        return Health(f"cannot read {path}: {type(error).__name__}")
    return Health(pulse.complaint(late), pulse.doing())


def complaint(home: Path, node: str, late: float = LATE) -> str | None:
    """What is wrong with a node, in a sentence; None if it is well. Arguments as `health_of`."""
    return health_of(home, node, late).complaint


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
    parser.add_argument("--ready", action="store_true", help="whether it takes jobs, too")
    parser.add_argument("--late", type=float, default=LATE, help="seconds without a sign of life")
    arguments = parser.parse_args()
    node = f"{arguments.name}@{socket.gethostname()}"
    found = health_of(home_folder(), node, arguments.late)
    if found.complaint is not None:
        print(f"node {node} is not well: {found.complaint}", file=sys.stderr)
        return 1
    if arguments.ready and found.doing is not None:
        print(f"node {node} is not ready: {found.doing}", file=sys.stderr)
        return 1
    print(f"node {node} is well" + (f": {found.doing}" if found.doing else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
