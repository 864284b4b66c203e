"""Where the rejects of a run lie: kept with the run, so that `triage forget` finds them from any
folder, and can say on which host they are when it cannot.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, update

from producer.ingest.errors import IngestError
from producer.ingest.plan import Plan
from producer.ingest.readers.encoding import is_broken
from producer.ingest.storage.run import lock_run, make_run
from schema.database import writing
from schema.tables import Run

#: What follows a run's name in the name of its file of rejects.
ENDING = ".rejects.jsonl"


@dataclass(frozen=True, slots=True)
class RejectsPlace:
    """A file of rejects as somebody on its host finds it.

    Attributes:
        host: The host's name.
        path: Absolute, through no link.
    """

    host: str
    path: Path

    def exists(self) -> bool:
        """Whether something is there, seen from this host; a folder may be shared among hosts.

        Raises:
            OSError: If it is not to be known, as for want of permissions.
        """
        try:
            self.path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True


def place_here(path: Path) -> RejectsPlace:
    """The place of a file on this host, which need not be there yet."""
    return RejectsPlace(socket.gethostname(), Path(os.path.realpath(path.parent)) / path.name)


def read_places(stored: list[Any] | None, rejected: int) -> list[RejectsPlace | None]:
    """The places of a run.

    Args:
        stored: `Run.rejects_files`.
        rejected: `Run.rejected`.

    Returns:
        None stands for a place that nobody remembers: the run is older than this memory.
    """
    if stored is None:
        return [None] if rejected else []
    return [one and RejectsPlace(one["host"], Path(one["path"])) for one in stored]


def remember_place(engine: Engine, plan: Plan, path: Path) -> None:
    """Keep where rejects of the plan's run will lie, before the first is written there: whoever is
    killed behind that has not hidden them. Makes the run if it is not there.

    Raises:
        IngestError: As `lock_run`, or if the folder's name is not UTF-8.
    """
    here = place_here(path)
    if is_broken(str(here.path)):
        raise IngestError(
            "the name of the folder for rejects is not UTF-8; name another one in TRIAGE_REJECTS"
        )
    with writing(engine) as connection:
        make_run(connection, plan)
        run = lock_run(connection, plan)
        found = select(Run.rejects_files, Run.rejected).where(Run.id == run.id)
        places = read_places(*connection.execute(found).one())
        # A host may be a container of an hour, and its folder a volume that others have too.
        same = [one for one in places if one and one.path == here.path]
        if here in same or (same and here.exists()):
            return
        stored = [one and {"host": one.host, "path": str(one.path)} for one in [*places, here]]
        connection.execute(update(Run).where(Run.id == run.id).values(rejects_files=stored))
