"""Runs by their names, with an error that helps whoever mistyped one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from sqlalchemy import Connection, select

from schema.tables import Run

#: Names that the error for an unknown run lists at the most, newest first.
NAMES_SHOWN = 10


class UnknownRunError(LookupError):
    """No run has this name; the message says which runs there are."""


def find_run(connection: Connection, name: str) -> int:
    """Find the id of a run by its name.

    Raises:
        UnknownRunError: If there is none.
    """
    found = connection.execute(select(Run.id).where(Run.name == name)).scalar_one_or_none()
    if found is not None:
        return found
    names = connection.execute(select(Run.name).order_by(Run.id.desc())).scalars().all()
    raise UnknownRunError(_message(name, names))


def is_deleted(connection: Connection, run_id: int) -> bool:
    """Whether the deletion of a run has begun, or ended."""
    found = select(Run.deleted_at).where(Run.id == run_id)
    row = connection.execute(found).one_or_none()
    return row is None or row[0] is not None


def _message(name: str, names: Sequence[str]) -> str:
    if not names:
        return f"no run is named {name!r}: there are no runs yet; begin with: triage ingest"
    close = get_close_matches(name, names, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else ";"
    more = f" and {len(names) - NAMES_SHOWN} older ones" if len(names) > NAMES_SHOWN else ""
    return f"no run is named {name!r}{guess} there are {', '.join(names[:NAMES_SHOWN])}{more}"
