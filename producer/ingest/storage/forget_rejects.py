"""Rejected rows of a customer: taken out of the files `<run>.rejects.jsonl`."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine, select, update

from producer.ingest.escaping import escaped
from producer.ingest.storage.find_rejects import RejectsFiles
from producer.ingest.storage.rejects_place import ENDING
from schema.database import writing
from schema.ledger.which import Which, reach
from schema.tables import Run, RunState

#: Raised by what is no line of rejects.
_NO_ROW = (ValueError, KeyError, TypeError, RecursionError)
#: Ends the name of the new file while it is written; the rest is of `tempfile`.
_TEMPORARY = re.compile(rf"{re.escape(ENDING)}\.[a-z0-9_]{{8}}$")


@dataclass(slots=True)
class ForgottenRejects:
    """Rejected rows that were taken out, or would be.

    Attributes:
        rows: How many.
        left: A sentence for each file that has, or may have, such rows and was left alone.
    """

    rows: int = 0
    left: list[str] = field(default_factory=list)


def forget_rejects(
    engine: Engine, files: RejectsFiles, which: Which, dry_run: bool = False
) -> ForgottenRejects:
    """Write each file of rejects anew without the rows of a customer.

    A file that cannot be read or written is whole then, as it was, and the others are done.

    Args:
        engine: The database, where an ingestion of the run waits meanwhile.
        files: Where they are.
        which: The customer. An external id is looked for in every field of a row, any other key in
            the field of that name, and both as a whole word in what could not be read as fields.
        dry_run: Only count.
    """
    found = ForgottenRejects(left=files.left())
    matches = _matcher(which)
    for path, run in files.reached.items():
        try:
            _forget_file(engine, path, run, matches, found, dry_run)
        except OSError as error:
            found.left.append(
                f"{escaped(str(path))}, rejected rows of run {run}, cannot be read or written "
                f"({error.strerror}): mend that, and run this again"
            )
    return found


def _forget_file(
    engine: Engine,
    path: Path,
    run: str,
    matches: Callable[[bytes], bool],
    found: ForgottenRejects,
    dry_run: bool,
) -> None:
    if not path.is_file():
        reason = errno.EISDIR if path.is_dir() else errno.ENXIO
        raise OSError(reason, os.strerror(reason))
    with path.open("rb") as file:
        rows = sum(map(matches, file))
        names = os.fstat(file.fileno()).st_nlink
    if not rows:
        return
    name = f"{escaped(str(path))} has rows of it too"
    if path.is_symlink() or names > 1:
        found.left.append(
            f"{name}, and is a link, so that they would stay under another name: put the file "
            "itself in its place, and run this again"
        )
        return
    if not dry_run:
        # Before they are gone: whoever is killed in between leaves too many of these, which is no
        # fault, and never too few lines.
        counted = Run.rejects_forgotten + rows
        with writing(engine) as connection:
            connection.execute(update(Run).where(Run.name == run).values(rejects_forgotten=counted))
    with writing(engine) as connection:
        # An ingestion locks this row before it appends rejects.
        state = select(Run.state, Run.cancelled_at).where(Run.name == run)
        row = connection.execute(state.with_for_update(key_share=True)).one_or_none()
        if row and row.state == RunState.INGESTING and row.cancelled_at is None:
            found.left.append(
                f"{name}, but the run still takes rows in: run this again when it has ended"
            )
            return
        found.rows += rows if dry_run else _rewrite(path, matches)


def has_key(files: RejectsFiles, which: Which) -> bool:
    """Whether any rejected row that can be read has the key, whatever its value."""
    for path in files.reached:
        with suppress(OSError), path.open("rb") as file:
            if any(map(_has_key, file, repeat(which))):
                return True
    return False


def _rewrite(path: Path, matches: Callable[[bytes], bool]) -> int:
    """Replace a file by one without the lines that match; returns how many there were."""
    gone = 0
    new, name = _open_temporary(path)
    try:
        with new, path.open("rb") as old:
            before = os.fstat(old.fileno())
            if os.geteuid() == 0:
                # Whoever ingests goes on to write there.
                os.fchown(new.fileno(), before.st_uid, before.st_gid)
            os.fchmod(new.fileno(), stat.S_IMODE(before.st_mode))
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


def sweep_rejects(folder: Path, files: RejectsFiles) -> None:
    """Delete the half-written files of `forget_rejects` that were killed: they hold rejected rows,
    and nobody would look for them there.

    Raises:
        OSError: If one cannot be deleted.
    """
    folders = {Path(os.path.realpath(folder)), *(path.parent for path in files.reached)}
    for path in sorted(path for one in folders for path in one.glob(f".*{ENDING}.*")):
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
            row = _row(line)
        except _NO_ROW:
            # What a killed process has left half-written.
            return bool(word.search(line.decode(errors="replace")))
        if isinstance(row, dict):
            return _in_source(row, which) and which.value in map(_text, _fields(row, which))
        if isinstance(row, list):
            return which.value in map(_text, row)
        return isinstance(row, str) and bool(word.search(row))

    return matches


def _row(line: bytes) -> Any:
    return json.loads(line)["row"]


def _has_key(line: bytes, which: Which) -> bool:
    try:
        return any(True for _ in reach(_row(line), which.paths()))
    except _NO_ROW:
        return False


def _in_source(row: dict[str, Any], which: Which) -> bool:
    """A row need not say where it is from: the command that read it may have."""
    return which.source is None or row.get("source", which.source) == which.source


def _fields(row: dict[str, Any], which: Which) -> list[Any]:
    # The id's column may have any name.
    return list(row.values()) if which.key == "external_id" else list(reach(row, which.paths()))


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip()
    return None if value is None else json.dumps(value)
