"""The reply libraries that runs draft replies from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import Json


class ReplyLibraryRow(Base):
    """Table `reply_libraries`: what was in a file when a run began with it.

    Workers on other machines have no such file, and whoever asks later what a draft was made of
    finds it here. Equal libraries are one row.
    """

    __tablename__ = "reply_libraries"

    #: 64 hex digits, see `schema.reply_library.ReplyLibrary`; `runs.options` names it.
    sha256: Mapped[str] = mapped_column(primary_key=True)
    #: Of the file that it was read from first.
    name: Mapped[str]
    #: A list of objects, as `schema.reply_library.Macro` has them.
    macros: Mapped[list[Any]] = mapped_column(Json)
    stored_at: Mapped[datetime]
