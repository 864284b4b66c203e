"""The disks that we write to: whether there is room left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from rich.filesize import decimal
from sqlalchemy.engine import make_url

from producer.doctor.check import Check, fine, wrong
from schema.settings import Settings


def disk_checks(config: Settings) -> Iterator[Check]:
    """Check each disk once."""
    folders = {"TRIAGE_HOME": config.home, "TRIAGE_REJECTS": config.rejects}
    url = make_url(config.database)
    if url.get_backend_name() == "sqlite" and url.database:
        folders = {"database": Path(url.database).parent} | folders
    devices: set[int] = set()
    for name, folder in folders.items():
        there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
        if (device := there.stat().st_dev) in devices:
            continue
        devices.add(device)
        yield _disk(name, there, config.disk_reserve)


def _disk(name: str, folder: Path, reserve: int) -> Check:
    usage = shutil.disk_usage(folder)
    said = f"{decimal(usage.free)} of {decimal(usage.total)} free ({name})"
    if usage.free < reserve:
        return wrong(
            f"disk of {folder}",
            f"{said}, less than TRIAGE_DISK_RESERVE={decimal(reserve)}; make room, or move {name}",
        )
    return fine(f"disk of {folder}", said)
