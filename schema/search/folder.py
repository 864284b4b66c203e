"""Where a search keeps what it has made of a database: words and vectors, so as to be quick.

All of it can be made again of the database at any time, and holds customers' words: it is private,
and what is no longer in the database leaves it with the next search.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import Engine

from schema.private_files import make_private_folder


def search_folder(home: Path, engine: Engine) -> Path:
    """The folder for this database in TRIAGE_HOME, made if it is not there.

    Raises:
        OSError: If it cannot be made.
    """
    url = engine.url.set(password=None)
    where = str(Path(url.database or "").resolve()) if url.host is None else str(url)
    folder = home / "search" / hashlib.sha256(where.encode("utf-8")).hexdigest()[:16]
    make_private_folder(folder)
    return folder
