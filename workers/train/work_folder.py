"""The folder of a training that is going on: the same command goes on with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workers.calibrate.examples import DataError

#: What a training depends on; in the folder of checkpoints, and in the model's own.
RECORD = "training.json"

_NAMES = {
    "examples": "set of labelled texts",
    "base": "--base",
    "base_revision": "version of the base",
    "processes": "number of processes",
}


def begin(work: Path, record: Mapping[str, Any]) -> bool:
    """Make the folder of a training, unless it is there.

    Returns:
        Whether it was there.

    Raises:
        DataError: If it is that of another training.
    """
    path = work / RECORD
    try:
        before = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        before = None
    except (OSError, ValueError):
        raise DataError(f"{path} cannot be read; delete the folder {work} to begin anew") from None
    if before is not None:
        _check_same(work, before, record)
        return True
    work.mkdir(parents=True, exist_ok=True)
    new = work / f".{RECORD}"
    new.write_text(json.dumps(record, indent=2), "utf-8")
    new.replace(path)
    return False


def trained(output: Path, record: Mapping[str, Any]) -> bool:
    """Whether the output is that of this very training.

    Raises:
        DataError: If something else is there.
    """
    if not output.exists():
        return False
    try:
        before = json.loads((output / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        before = None
    if before == record:
        return True
    raise DataError(f"{output} is there already; name another folder with --output")


def finish(model: Path, work: Path, output: Path, record: Mapping[str, Any]) -> None:
    """Put the whole model where it was asked for, at once, and delete what is left of the work."""
    (model / RECORD).write_text(json.dumps(record, indent=2), "utf-8")
    model.rename(output)
    clean(work)


def clean(work: Path) -> None:
    """Delete the folder of a training that is over."""
    shutil.rmtree(work, ignore_errors=True)


def _check_same(work: Path, before: Any, record: Mapping[str, Any]) -> None:
    if not isinstance(before, dict):
        raise DataError(f"{work / RECORD} is no record; delete the folder {work} to begin anew")
    for name, value in record.items():
        if before.get(name) != value:
            option = _NAMES.get(name, f"--{name.replace('_', '-')}")
            raise DataError(
                f"{work} is of another training, with another {option}; give the "
                "command as it was to go on with it, or delete that folder to begin anew"
            )
