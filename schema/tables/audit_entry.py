"""What people have done on the served page, and to its users."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class AuditEntry(Base):
    """Table `audit_entries`, in the order of their ids. Ids and labels stand in it, and no words of
    customers.
    """

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    #: The user's name; null where nobody knows, as after a login with a name that there is not.
    who: Mapped[str | None]
    #: Where the request came from; null of what was done at the console.
    address: Mapped[str | None]
    #: See `schema.access.audit.Action`.
    action: Mapped[str]
    #: What it was done to, e.g. `{"document": 7, "analysis": "sentiment", "label": "negative"}`.
    detail: Mapped[dict[str, Any]]
