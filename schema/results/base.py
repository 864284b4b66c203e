"""What every result has, and what every table of results: the row's run, document and model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from schema.database.types import BigId
from schema.document import ORIGINAL
from schema.results.probabilities import Probabilities, rounded

#: The default of a column of truth values, for whoever writes a row and does not know of it. Both
#: databases have the word; what SQLAlchemy has for SQLite, `0`, PostgreSQL would not take.
FALSE = text("false")
#: The same by the name of the column that has it most.
NOT_UNSURE = FALSE


class Result(Protocol):
    """One row that an analysis gives of a document: a dataclass whose fields are columns."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""


class ResultTable:
    """Mix-in of the result tables. `(run_id, document_id, …)` is the key, so that a job done twice
    leaves one row.

    Class attributes:
        analysis: The analysis whose results these are.
        result: The dataclass of one row; its fields are columns of the table.
        order: Where reports and progress show the analysis: lower ones first, then by name.
        of_many: Whether the table has the results of several analyses, and says in a column
            `analysis` of which a row is; `rows_of` gives those of one.
        writes_text: Whether the model writes a text, token by token, for which a document takes it
            ten to fifty times as long as it takes a model that only reads.
    """

    analysis: ClassVar[str]
    result: ClassVar[type[Any]]
    order: ClassVar[int] = 100
    writes_text: ClassVar[bool] = False
    of_many: ClassVar[bool] = False

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, sort_order=-3)
    document_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("document_versions.id"), primary_key=True, sort_order=-2
    )
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id"), sort_order=1)
    #: `original` or `translation`: the text that was read, and that offsets count in.
    text_used: Mapped[str] = mapped_column(server_default=ORIGINAL, sort_order=2)
    #: 16 bytes, a hash over all that the results were made of: the text that was read, the model,
    #: what was asked. Null where no model was needed, in rows of before there were keys, and in all
    #: rows of a document but the first.
    cache_key: Mapped[bytes | None] = mapped_column(sort_order=3)
    #: Whether the results are those that another document, or this one in another run, had already.
    reused: Mapped[bool] = mapped_column(server_default=FALSE, sort_order=4)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        # Deleting a document, and reports over all runs, look results up by document.
        return (Index(None, "document_id", "run_id"), *by_cache_key())


def by_cache_key() -> tuple[Index, ...]:
    """The index in which `schema.ledger.known` finds the newest row of a key."""
    known = text("cache_key IS NOT NULL")
    columns = ("cache_key", "run_id", "document_id")
    return (Index(None, *columns, postgresql_where=known, sqlite_where=known),)


class OrdinalTable(ResultTable):
    """For analyses that give several rows a document: `ordinal` counts them from 0.

    Class attributes:
        may_be_empty: Whether a document without any row is in order (it names nothing).
    """

    may_be_empty: ClassVar[bool] = True

    ordinal: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


@dataclass(frozen=True, slots=True)
class Label:
    """The class of a document, e.g. POSITIVE, as the checkpoint's `id2label` names it.

    Attributes:
        probabilities: Of every label of the model; None where it gives numbers that are none.
        unsure: Whether the model is less sure than its threshold asks; see `Calibration`.
    """

    label: str
    score: float
    windows: int = 1
    probabilities: Mapping[str, float] | None = None
    unsure: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        shown = {"label": self.label, "score": self.score, "unsure": self.unsure}
        return shown | {"probabilities": rounded(self.probabilities)}


class LabelTable(ResultTable):
    """For analyses that give a document one label; the report `labels` counts those of each.

    `unsure` rows are counted apart by every report, and never as their label. `probabilities` is
    null in rows of before it was kept.
    """

    result = Label

    label: Mapped[str]
    score: Mapped[float]
    windows: Mapped[int]
    probabilities: Mapped[dict[str, float] | None] = mapped_column(Probabilities)
    unsure: Mapped[bool] = mapped_column(server_default=NOT_UNSURE)
