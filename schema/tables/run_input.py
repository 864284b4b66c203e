"""The inputs of a run, and how far the rows of each are counted."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class RunInput(Base):
    """Table `run_inputs`: up to which row an input is in the counts of its run.

    Rows are numbered from 1. A row up to `counted` is not counted when it is read again, as a run
    that was interrupted does, unless its document joins the run only then: the input has been
    changed, or the document forgotten. So `sum(counted + again)` of a run is its `read`.
    """

    __tablename__ = "run_inputs"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    #: 16 hex digits over where the input is and what its first row says.
    identity: Mapped[str] = mapped_column(primary_key=True)
    #: The file's name without its ending, `stdin` or `sql`.
    name: Mapped[str]
    counted: Mapped[int] = mapped_column(BigInteger)
    #: Rows up to `counted` that were counted once more.
    again: Mapped[int] = mapped_column(BigInteger)
    #: The source of its documents where neither a row nor `--source` says one; null in runs of
    #: before it was kept, which took `name`.
    source: Mapped[str | None]
