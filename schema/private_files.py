"""Private: what this project writes is for its owner alone, since customers' texts are in it.

Entry points call `be_private`, so whatever anybody writes there is private. What holds texts or
passwords does not count on that: it is made private, and tightened where an older version has left
it open. Access for a group is somebody's decision and stays; access for everybody never was.
"""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from stat import S_ISDIR, S_ISVTX, S_IXUSR

logger = logging.getLogger(__name__)

#: Permissions of every other user of the machine.
OTHERS = 0o007
#: What umask takes away: all from a file's group, and all from everybody else.
PRIVATE_UMASK = 0o077
#: All that may lie in TRIAGE_HOME by our doing. A folder that holds anything else is somebody's.
_OURS = (
    *("triage.db", "triage.db-*", ".triage.db.*", "redis", "budgets", "precision"),
    "search",
    *("demo", "demo.lock", "worker.log", "*.rejects.jsonl", ".*.rejects.jsonl.*"),
)


def be_private() -> None:
    """Let files that this process, and what it starts, will make be for their owner alone."""
    os.umask(os.umask(PRIVATE_UMASK) | PRIVATE_UMASK)


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone.

    Raises:
        OSError: If it cannot be made, or something else has its name.
    """
    if path.is_dir():
        return
    make_private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner alone, unless there is one.

    It is never opened under its name: closing it would drop the locks that other connections of
    this process hold on a SQLite database (sqlite.org, "How To Corrupt", 2.2).

    Raises:
        OSError: If it cannot be made.
    """
    if os.path.lexists(path):
        return
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(number)
    try:
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)


def tighten(path: Path) -> None:
    """Take a file or folder of ours from everybody but its owner, if everybody has it.

    What belongs to another user, or cannot be changed, is left and a warning says so.
    """
    try:
        found = path.stat()
        if not found.st_mode & OTHERS:
            return
        if found.st_uid == os.geteuid():
            path.chmod(0o600 | (S_IXUSR if S_ISDIR(found.st_mode) else 0))
            return
        reason = "it belongs to another user"
    except FileNotFoundError:
        return
    except OSError as error:
        reason = str(error.strerror)
    logger.warning(
        "every user of this machine may use %s, which may hold texts of customers, and it cannot "
        "be made private (%s): have its owner run chmod o= on it",
        path,
        reason,
    )


def tighten_home(home: Path) -> None:
    """Take TRIAGE_HOME from everybody but its owner, unless it also serves for something else."""
    try:
        shared = home.stat().st_mode & S_ISVTX
        ours = not shared and all(
            any(fnmatch(name, pattern) for pattern in _OURS) for name in os.listdir(home)
        )
    except OSError:
        # Not made yet, or nothing that we could list: whoever uses it will say what is wrong.
        return
    if ours:
        tighten(home)
