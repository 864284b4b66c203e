"""Attempts to log in to the served page that have failed, or are being checked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class LoginAttempt(Base):
    """Table `login_attempts`: those of the last minutes, by which further ones are refused."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: SHA-256 of the name that was tried: people type passwords into the wrong field.
    name_hash: Mapped[bytes]
    #: Where it came from; of IPv6 the network of 64 bits.
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
