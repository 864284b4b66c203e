"""A theme: something that customers talk about."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class ThemeKind(enum.StrEnum):
    """Where a theme is from."""

    #: Found; it may be part of a broad one.
    THEME = "theme"
    #: Found on the broad level: several themes.
    BROAD = "broad"
    #: From a person's own list, beside those that were found.
    TOPIC = "topic"


class Theme(Base):
    """Table `themes`. An id is of one theme for good, in this set and in those that replace it."""

    __tablename__ = "themes"

    set_id: Mapped[int] = mapped_column(ForeignKey("theme_sets.id"), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: See `ThemeKind`.
    kind: Mapped[str]
    #: The broad theme that it is part of.
    broad_id: Mapped[int | None]
    name: Mapped[str]
    #: Who named it; null where its words did.
    named_by: Mapped[str | None]
    #: What is said in it more than elsewhere, the most telling first.
    phrases: Mapped[list[str]]
    #: The mean direction of its clauses: whole numbers of 16 bits, little-endian, 1/4000 each.
    centre: Mapped[bytes] = mapped_column(LargeBinary)
    #: When it was found first, in whichever set.
    first_seen: Mapped[datetime]
    #: Whether it came to feedback in which themes had been found before.
    new: Mapped[bool] = mapped_column(server_default=text("false"))
    #: The theme that a person made it part of.
    merged_into: Mapped[int | None]
    #: The theme that a person split it from, which then has no clauses of its own.
    split_from: Mapped[int | None]
    #: Whether a person hid it: lists leave it out.
    hidden: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Mean stars of documents with it, less those of documents without; null where nobody can tell.
    effect: Mapped[float | None]
    #: Where the effect lies, 95 times of 100.
    effect_low: Mapped[float | None]
    effect_high: Mapped[float | None]
    #: What is left of it where all themes are fitted together.
    effect_given_others: Mapped[float | None]
