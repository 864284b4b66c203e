"""Classifications: the classes of a document by an analysis of the user's own, mostly one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from schema.database.base import Base
from schema.results.base import LabelTable, by_cache_key


class ClassificationRow(LabelTable, Base):
    """Table `classifications`: of all analyses that a catalog names under [classify], each with
    classes of its own. Which one a row is of, its column `analysis` says. Where a text may have
    several labels, each has a row, the surest first; `rows_of` gives the first of each document,
    whose `probabilities` are those of all labels.
    """

    __tablename__ = "classifications"
    #: Not the name of an analysis, but of the catalog's tables.
    analysis = "classify"
    order = 1_000
    of_many = True

    named: Mapped[str] = mapped_column("analysis", primary_key=True, sort_order=-1)
    ordinal: Mapped[int] = mapped_column(primary_key=True, server_default=text("0"), sort_order=-1)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        # Deleting a document, and whose results count, look rows up by document.
        return (Index(None, "document_id", "analysis", "run_id"), *by_cache_key())
