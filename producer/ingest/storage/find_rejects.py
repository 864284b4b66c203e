"""The files of rejects of all runs, and which of them cannot be reached from here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, and_, or_, select

from producer.ingest.escaping import escaped, shown_names
from producer.ingest.storage.rejects_place import ENDING, RejectsPlace, place_here, read_places
from schema.database import reading
from schema.tables import Run, RunState


@dataclass(slots=True)
class RejectsFiles:
    """Files of rejects.

    Attributes:
        reached: The name of the run by the path of each file that is here.
        unreached: A sentence for each that is known of and not here.
        elsewhere: Names of runs by the host that has their files.
        unsure: Runs whose files were found, and of which there may be others that nobody remembers.
    """

    reached: dict[Path, str] = field(default_factory=dict)
    unreached: list[str] = field(default_factory=list)
    elsewhere: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unsure: list[str] = field(default_factory=list)

    def left(self) -> list[str]:
        """A sentence for all that is not here."""
        hosts = (
            f"rejected rows of other runs ({shown_names(names)}) are on host {escaped(host)}: run "
            "this there too"
            for host, names in self.elsewhere.items()
        )
        return [*self.unreached, *hosts]


def find_rejects_files(engine: Engine, folder: Path, only: str | None = None) -> RejectsFiles:
    """Find the files of rejects of all runs, or of one.

    Args:
        engine: The database, which remembers where they are.
        folder: TRIAGE_REJECTS; what lies there counts as well, remembered or not.
        only: The name of the one run.
    """
    found = RejectsFiles()
    for path in sorted(folder.glob(f"*{ENDING}")):
        if only in (None, path.name.removesuffix(ENDING)):
            found.reached[place_here(path).path] = path.name.removesuffix(ENDING)
    statement = select(Run.name, Run.state, Run.rejected, Run.rejects_files)
    known: ColumnElement[bool] = or_(Run.rejected > 0, Run.rejects_files.is_not(None))
    if only is not None:
        known = and_(known, Run.name == only)
    with reading(engine) as connection:
        runs = connection.execute(statement.where(known).order_by(Run.id)).all()
    for run in runs:
        places = read_places(run.rejects_files, run.rejected)
        for place in places:
            if place is None:
                _add_forgotten(found, folder, run.name)
            else:
                _add(found, run, place, places)
    return found


def _add(
    found: RejectsFiles, run: Row[Any], place: RejectsPlace, places: list[RejectsPlace | None]
) -> None:
    here = place_here(place.path)
    shown = f"{escaped(str(place.path))}, rejected rows of run {run.name},"
    try:
        there = place.exists()
    except OSError as error:
        reason = f"{shown} cannot be reached ({error.strerror}): mend that, and run this again"
        found.unreached.append(reason)
        return
    # A folder may be shared among hosts, but a host's own file is not that of another.
    if there and (place.host == here.host or here not in places):
        found.reached[place.path] = run.name
    elif place.host != here.host:
        if run.rejected or run.state == RunState.INGESTING:
            found.elsewhere[place.host].append(run.name)
    # Without a rejected row nothing was ever written.
    elif run.rejected:
        found.unreached.append(
            f"{shown} is not there: take the customer's out of it wherever it is now; if it was "
            "deleted for good, put an empty file in its place"
        )


def _add_forgotten(found: RejectsFiles, folder: Path, run: str) -> None:
    name = f"{run}{ENDING}"
    if place_here(folder / name).path in found.reached:
        found.unsure.append(run)
        return
    found.unreached.append(
        f"{name} is not in {escaped(str(folder.absolute()))}: run {run} is of an older version, "
        "which did not keep where its rejected rows are; set TRIAGE_REJECTS to their folder; if "
        "they were deleted for good, put an empty file of this name there"
    )
