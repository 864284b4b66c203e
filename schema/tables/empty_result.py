"""Empty results: documents in which an analysis found nothing, so that nobody looks once more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from schema.database.base import Base
from schema.database.types import BigId
from schema.document import ORIGINAL
from schema.results.base import FALSE, by_cache_key


class EmptyResult(Base):
    """Table `empty_results`: an analysis that may give several rows of a document gave none.

    Columns are as those of the tables of results; see there. A document that was analysed before
    there was this table has no row here either.
    """

    __tablename__ = "empty_results"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    analysis: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("document_versions.id"), primary_key=True
    )
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id"))
    text_used: Mapped[str] = mapped_column(server_default=ORIGINAL)
    cache_key: Mapped[bytes | None]
    reused: Mapped[bool] = mapped_column(server_default=FALSE)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        # Deleting a document looks it up by document.
        return (Index(None, "document_id"), *by_cache_key())
