"""Who is logged in to the served page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class PageSession(Base):
    """Table `page_sessions`: a login that goes on. Whoever reads the table cannot use it: the token
    itself is in the browser alone.
    """

    __tablename__ = "page_sessions"

    #: SHA-256 of the token.
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("page_users.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    #: Of the last request, to the minute.
    used_at: Mapped[datetime]
