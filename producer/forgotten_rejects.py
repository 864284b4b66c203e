"""Rejected rows of a customer: taken out of the files `<run>.rejects.jsonl`."""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine, select

from schema.database import writing
from schema.ledger.forget import Which
from schema.tables import Run, RunState

_ENDING = ".rejects.jsonl"
#: Ends the name of the new file while it is written; the rest is of `tempfile`.
_TEMPORARY = re.compile(rf"{re.escape(_ENDING)}\.[a-z0-9_]{{8}}$")


@dataclass(slots=True)
class ForgottenRejects:
    """Rejected rows that were taken out, or would be.

    Attributes:
        rows: How many.
        busy: Runs that still take rows in, whose files have such rows and were left alone.
    """

    rows: int = 0
    busy: list[str] = field(default_factory=list)


def forget_rejects(
    engine: Engine, folder: Path, which: Which, dry_run: bool = False
) -> ForgottenRejects:
    """Write each file of rejects anew without the rows of a customer.

    Args:
        engine: The database, where an ingestion of the run waits meanwhile.
        folder: TRIAGE_REJECTS.
        which: The customer. An external id is looked for in every field of a row, any other key in
            the field of that name, and both as a whole word in what could not be read as fields.
        dry_run: Only count.

    Raises:
        OSError: If a file cannot be read or written; it is whole then, as it was.
    """
    found = ForgottenRejects()
    matches = _matcher(which)
    for path in sorted(folder.glob(f"*{_ENDING}")):
        with path.open("rb") as file:
            rows = sum(map(matches, file))
        if not rows:
            continue
        run = path.name.removesuffix(_ENDING)
        with writing(engine) as connection:
            # An ingestion locks this row before it appends rejects.
            state = select(Run.state, Run.cancelled_at).where(Run.name == run)
            row = connection.execute(state.with_for_update(key_share=True)).one_or_none()
            if row and row.state == RunState.INGESTING and row.cancelled_at is None:
                found.busy.append(run)
                continue
            found.rows += rows if dry_run else _rewrite(path, matches)
    return found


def rejects_of(folder: Path, run: str) -> Path:
    """The file of a run's rejected rows in `folder`, TRIAGE_REJECTS, which need not exist."""
    return folder / f"{run}{_ENDING}"


def _rewrite(path: Path, matches: Callable[[bytes], bool]) -> int:
    """Replace a file by one without the lines that match; returns how many there were."""
    gone = 0
    new, name = _open_temporary(path)
    try:
        with new, path.open("rb") as old:
            os.fchmod(new.fileno(), stat.S_IMODE(os.fstat(old.fileno()).st_mode))
            for line in old:
                if matches(line):
                    gone += 1
                else:
                    new.write(line)
            new.flush()
            os.fsync(new.fileno())
            os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    return gone


def _open_temporary(path: Path) -> tuple[BinaryIO, str]:
    """A new file beside `path` and its name, with a lock that ends with us: see `sweep_rejects`."""
    while True:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        file = os.fdopen(number, "wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.path.exists(name):
            return file, name
        # It was swept before we had the lock.
        file.close()


def sweep_rejects(folder: Path) -> None:
    """Delete the half-written files of `forget_rejects` that were killed: they hold rejected rows,
    and nobody would look for them there.

    Raises:
        OSError: If one cannot be deleted.
    """
    for path in sorted(folder.glob(f".*{_ENDING}.*")):
        if not _TEMPORARY.search(path.name):
            continue
        with suppress(FileNotFoundError, BlockingIOError), path.open("rb+") as file:
            # Whoever still writes it holds the lock.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _matcher(which: Which) -> Callable[[bytes], bool]:
    word = re.compile(rf"(?<!\w){re.escape(which.value)}(?!\w)")

    def matches(line: bytes) -> bool:
        try:
            row = json.loads(line)["row"]
        except (ValueError, KeyError, TypeError, RecursionError):
            # What a killed process has left half-written.
            return bool(word.search(line.decode(errors="replace")))
        if isinstance(row, dict):
            return _in_source(row, which) and which.value in map(_text, _fields(row, which))
        if isinstance(row, list):
            return which.value in map(_text, row)
        return isinstance(row, str) and bool(word.search(row))

    return matches


def _in_source(row: dict[str, Any], which: Which) -> bool:
    """A row need not say where it is from: the command that read it may have."""
    return which.source is None or row.get("source", which.source) == which.source


def _fields(row: dict[str, Any], which: Which) -> list[Any]:
    # The id's column may have any name.
    return list(row.values()) if which.key == "external_id" else [row.get(which.key)]


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip()
    return None if value is None else json.dumps(value)
