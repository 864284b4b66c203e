"""What every result table has: the run, the document and the model that the row came from."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from schema.database.types import BigId


class ResultTable:
    """Mix-in of the result tables. `(run_id, document_id, …)` is the key, so that a job done twice
    leaves one row.

    Class attributes:
        analysis: The analysis whose results these are.
        result: The dataclass of one row; its fields are columns of the table.
    """

    analysis: ClassVar[str]
    result: ClassVar[type[Any]]

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, sort_order=-3)
    document_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("document_versions.id"), primary_key=True, sort_order=-2
    )
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id"), sort_order=1)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        # Deleting a document, and reports over all runs, look results up by document.
        return (Index(None, "document_id", "run_id"),)


class OrdinalTable(ResultTable):
    """For analyses that give several rows a document: `ordinal` counts them from 0."""

    ordinal: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
