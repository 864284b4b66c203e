"""The pulse: a small file in which a node's parent says that it lives, for `workers.node.health`.

Whoever asks for a node's health asks every minute, on a machine that may have nothing to spare; so
this imports no more than it must, and neither Celery nor the settings.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from schema.process import Process, this_process

#: Seconds between two signs of life, …
BEAT = 5.0
#: … and without one until a node counts as hanging. Above what a round of maintenance waits for a
#: locked SQLite database (60 s), and a fork for that round.
LATE = 120.0
#: Seconds after which the file of a node that was killed is removed, by the next that starts.
KEPT = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last signs of life of a node's parent. Times are of the monotonic clock, which all
    processes of a machine share.

    Attributes:
        process: The parent.
        upkeep: When its maintenance last went round.
        loop: When its event loop last went round; None while it waits for Redis to come back.
        childless: Since when no child has had its models loaded; None if one has.
        load_timeout: Seconds that loading may take.
    """

    process: Process
    upkeep: float
    loop: float | None
    childless: float | None
    load_timeout: float

    @classmethod
    def now(cls, loop: float | None, childless: float | None, load_timeout: float) -> Pulse:
        """The pulse of this process; its maintenance writes it."""
        return cls(this_process(), time.monotonic(), loop, childless, load_timeout)

    def write(self, path: Path) -> None:
        """Write the file, in place of what was there before.

        Raises:
            OSError: If the disk does not take it.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(asdict(self)), "utf-8")
        fresh.replace(path)

    @classmethod
    def read(cls, path: Path) -> Pulse:
        """Read what was written last.

        Raises:
            FileNotFoundError: If nothing has been written, or the node has ended.
            ValueError: If the file is none of ours.
        """
        try:
            said = json.loads(path.read_text("utf-8"))
            return cls(**said | {"process": Process(**said["process"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"{path} holds no pulse") from error

    def doing(self) -> str | None:
        """What the node does if it takes no jobs, in a few words; None if it is ready."""
        if self.childless is not None:
            return f"its children load their models, for {time.monotonic() - self.childless:.0f} s"
        if self.loop is None:
            return "it waits for Redis"
        return None

    def complaint(self, late: float = LATE) -> str | None:
        """What is wrong with the node, in a sentence; None if it is well.

        A node is well while its children load or compute, however long, and while it waits for a
        database or a Redis that is away.

        Args:
            late: Seconds without a sign of life that are too many.
        """
        now = time.monotonic()
        if not self.process.alive:
            return f"its process {self.process.pid} is gone"
        if now - self.upkeep > late:
            return f"its maintenance has not gone round for {now - self.upkeep:.0f} s"
        if self.loop is not None and now - self.loop > late:
            return f"its event loop has not gone round for {now - self.loop:.0f} s"
        if self.childless is not None and now - self.childless > self.load_timeout + late:
            return f"none of its children has had models for {now - self.childless:.0f} s"
        return None


def pulse_path(home: Path, node: str) -> Path:
    """The file that a node's parent writes.

    Args:
        home: `Settings.home`.
        node: As Celery names it, e.g. `gpu0@host`.
    """
    return home / "nodes" / f"{quote(node, safe='@')}.json"


def sweep(home: Path) -> None:
    """Remove the files of nodes that were killed long ago.

    Args:
        home: `Settings.home`.
    """
    for path in (home / "nodes").glob("*"):
        # Another node may be faster.
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > KEPT:
                path.unlink()
