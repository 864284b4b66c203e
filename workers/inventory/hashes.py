"""Whether files of the hub's cache are those that the hub has: their names there are hashes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from workers.models.shared_encoder import REFERENCE

_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIT = re.compile(r"[0-9a-f]{40}")
_BLOCK = 1 << 20


def damaged_file(folder: Path) -> Path | None:
    """The first file of a snapshot whose content is not that of its name; None if all are whole.

    Args:
        folder: Of a checkpoint; one that is no snapshot has no such names.
    """
    for link in sorted(folder.rglob("*")):
        if not link.is_symlink():
            continue
        blob = link.resolve()
        if not blob.is_file() or (expected := blob.name) != _hash(blob, expected):
            return blob
    return None


def is_known_by_hash(folder: Path) -> str:
    """How far it is known that files are the right ones, in words."""
    if any(link.is_symlink() for link in folder.iterdir()):
        return "hashes as on the hub"
    if (folder / REFERENCE).is_file():
        return "its encoder has the hash that it names"
    return "a hash of its files"


def _hash(file: Path, name: str) -> str:
    """The hash of a file, of the kind that its name is: SHA-256 of a large file, Git's of others;
    the name where it is neither.
    """
    if _SHA256.fullmatch(name):
        digest = hashlib.sha256()
    elif _GIT.fullmatch(name):
        digest = hashlib.sha1(b"blob %d\0" % file.stat().st_size)
    else:
        return name
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
