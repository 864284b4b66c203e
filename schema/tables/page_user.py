"""Who may look at the served page, and what they may do there."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.results.base import FALSE


class Role(enum.StrEnum):
    """What a user of the page may do."""

    #: Look.
    VIEWER = "viewer"
    #: Correct labels and themes, too.
    EDITOR = "editor"


class PageUser(Base):
    """Table `page_users`: those who can log in to `triage serve`."""

    __tablename__ = "page_users"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: In small letters.
    name: Mapped[str] = mapped_column(unique=True)
    #: As argon2 writes it, with its parameters and salt.
    password_hash: Mapped[str]
    #: See `Role`.
    role: Mapped[str]
    #: Whether the user sees no words of customers.
    figures_only: Mapped[bool] = mapped_column(server_default=FALSE)
    created_at: Mapped[datetime]
