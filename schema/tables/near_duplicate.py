"""Near-duplicates: documents that say what another one says, word for word or nearly so."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class NearDuplicateRow(Base):
    """Table `near_duplicates`: a row for each document of a group of two or more, as `triage
    duplicates` has found them.
    """

    __tablename__ = "near_duplicates"

    document_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("document_versions.id"), primary_key=True
    )
    #: The lowest id that the group had when it was found; that document may be forgotten since.
    group_id: Mapped[int] = mapped_column(BigInteger, index=True)
    #: Whether it is the same as the first of the group, but for case and punctuation.
    is_equal: Mapped[bool]
