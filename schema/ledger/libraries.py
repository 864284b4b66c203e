"""The reply libraries of runs: stored when a run begins, read by whoever drafts replies."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from schema.database.clock import now
from schema.reply_library import Macro, ReplyLibrary
from schema.tables import ReplyLibraryRow

#: What is in some libraries, by their hashes, which say all of it: each is read once a process.
_kept: dict[str, tuple[Macro, ...]] = {}
_MOST_KEPT = 8


def store_library(connection: Connection, library: ReplyLibrary) -> None:
    """Store a library, unless one with the same in it is there."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = {
        "sha256": library.sha256,
        "name": library.name,
        "macros": [macro.model_dump(mode="json") for macro in library.macros],
        "stored_at": now(),
    }
    connection.execute(dialect.insert(ReplyLibraryRow).values(new).on_conflict_do_nothing())


def read_library(connection: Connection, library: ReplyLibrary) -> ReplyLibrary:
    """The library of a reference, with all that is in it.

    Raises:
        LookupError: If it is not there, as after somebody has deleted it by hand.
    """
    if library.sha256 not in _kept:
        find = select(ReplyLibraryRow.macros).where(ReplyLibraryRow.sha256 == library.sha256)
        macros = connection.execute(find).scalar_one_or_none()
        if macros is None:
            raise LookupError(f"the reply library {library.name} is no longer in the database")
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[library.sha256] = TypeAdapter(tuple[Macro, ...]).validate_python(macros)
    return library.model_copy(update={"macros": _kept[library.sha256]})
