"""What a person changed about themes; it is done again after each rebuild."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class ThemeVerb(enum.StrEnum):
    """What can be done to a theme."""

    RENAME = "rename"
    MERGE = "merge"
    HIDE = "hide"
    UNHIDE = "unhide"
    SPLIT = "split"


class ThemeEdit(Base):
    """Table `theme_edits`, in the order of their ids."""

    __tablename__ = "theme_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int]
    #: See `ThemeVerb`.
    verb: Mapped[str]
    #: `{"name": …}` of a rename, `{"into": ID}` of a merge, `{"parts": [ID, …]}` of a split.
    detail: Mapped[dict[str, Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
