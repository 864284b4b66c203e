"""Whether the file of a run's rejected rows has as many as the run has counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Engine, select

from producer.ingest.storage.rejects_place import place_here, read_places
from schema.database import reading
from schema.tables import Run
from schema.verification import RunAudit, Violation

#: Bytes that are read at once.
_CHUNK = 1 << 20


def with_rejects(engine: Engine, audits: Iterator[RunAudit]) -> Iterator[RunAudit]:
    """The same audits, with a violation where rejected rows were counted that are in no file.

    Only files on this machine are looked at, of runs that have all of theirs in one. Rows that
    `triage forget` took out are allowed for; so is an empty file, which stands for one that was
    deleted for good. More lines than rows are none: a row that is changed, and still does not go
    in, is written once more and not counted again.
    """
    for audit in audits:
        missing = _missing(engine, audit) if audit.run.rejected else None
        if missing is None:
            yield audit
        else:
            found = Violation(audit.run.name, None, missing)
            yield replace(audit, violations=(*audit.violations, found))


def _missing(engine: Engine, audit: RunAudit) -> str | None:
    """What is wrong with the file of a run, in words."""
    run = audit.run
    columns = (Run.rejected, Run.rejects_files)
    with reading(engine) as connection:
        row = connection.execute(select(*columns).where(Run.id == run.id)).one_or_none()
    # Lines are on the disk before a run counts them, and are forgotten before they are taken out.
    places = read_places(row.rejects_files, row.rejected) if row else []
    if len(places) != 1 or places[0] is None or places[0].host != place_here(places[0].path).host:
        return None
    lines = 0
    with suppress(OSError), places[0].path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            lines += chunk.count(b"\n")
    if not lines or lines >= run.rejected:
        return None
    with reading(engine) as connection:
        taken_out = select(Run.rejects_forgotten).where(Run.id == run.id)
        number = connection.execute(taken_out).scalar_one_or_none()
    if number is None or lines + number >= run.rejected:
        return None
    forgotten = f" + {number} forgotten" if number else ""
    return f"rejected {run.rejected} is not the {lines} lines of the rejects file{forgotten}"
