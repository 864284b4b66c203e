"""Where a search keeps what it has made of a database: words and vectors, so as to be quick.

All of it can be made again of the database at any time, and holds customers' words: it is private,
goes when anything is deleted by a command on this host, and what is no longer in the database
leaves it with the next search on another.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from sqlalchemy import Engine

from schema.private_files import make_private_folder


def search_folder(home: Path, engine: Engine) -> Path:
    """The folder for this database in TRIAGE_HOME, made if it is not there.

    Raises:
        OSError: If it cannot be made.
    """
    folder = _folder(home, engine)
    make_private_folder(folder)
    return folder


def drop_search_folder(home: Path, engine: Engine) -> None:
    """Delete the folder, if it is there: the next search makes it anew.

    Raises:
        OSError: If it cannot be deleted.
    """
    folder = _folder(home, engine)
    if folder.exists():
        shutil.rmtree(folder)


def _folder(home: Path, engine: Engine) -> Path:
    url = engine.url.set(password=None)
    where = str(Path(url.database or "").resolve()) if url.host is None else str(url)
    return home / "search" / hashlib.sha256(where.encode("utf-8")).hexdigest()[:16]
