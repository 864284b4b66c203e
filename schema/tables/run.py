"""A run: one ingestion, its analyses and options, and the count of every row it read."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.results.base import FALSE


class RunState(enum.StrEnum):
    """Whether more documents may still come."""

    INGESTING = "ingesting"
    INGESTED = "ingested"


class Run(Base):
    """Table `runs`.

    `read = stored + updated + duplicate + rejected` holds after every block. A row of an input is
    counted once, however often it is read: see `schema.tables.run_input`.
    """

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    analyses: Mapped[list[str]]
    options: Mapped[dict[str, Any]]
    #: By analysis that reads documents by their language, the analyses that its jobs wait for; null
    #: where nothing waits, and every model reads every document.
    needs: Mapped[dict[str, Any] | None]
    #: Whether every document of it is computed, also where its results are known already.
    fresh: Mapped[bool] = mapped_column(server_default=FALSE)
    read: Mapped[int] = mapped_column(BigInteger)
    #: Rows whose document joined the run as it is.
    stored: Mapped[int] = mapped_column(BigInteger)
    #: Rows that changed a document that was stored before: by a new version, or in place.
    updated: Mapped[int] = mapped_column(BigInteger, server_default="0")
    #: Those of them whose document joined the run: it has `stored + updated_positions` documents,
    #: which is also the position that the next one gets.
    updated_positions: Mapped[int] = mapped_column(BigInteger, server_default="0")
    duplicate: Mapped[int] = mapped_column(BigInteger)
    rejected: Mapped[int] = mapped_column(BigInteger)
    #: Documents of the run whose customers were forgotten since; their positions stay empty.
    forgotten: Mapped[int] = mapped_column(BigInteger, server_default="0")
    #: Where rejected rows lie, each as `{"host": …, "path": …}`; null for a place that is not
    #: remembered, since an older version has written there.
    rejects_files: Mapped[list[Any] | None]
    #: Rejected rows that `triage forget` took out of these files.
    rejects_forgotten: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime]
    ingested_at: Mapped[datetime | None]
    #: While it is set, no job of the run is sent or claimed.
    paused_at: Mapped[datetime | None]
    #: Set for good by `triage cancel`.
    cancelled_at: Mapped[datetime | None]
    #: While it is set, lists leave the run out, unless something of it is going on.
    archived_at: Mapped[datetime | None]
    #: When its deletion began, which ends with this row; what is left of it need not add up.
    deleted_at: Mapped[datetime | None]
    #: While it is set, the run's results count before those of others: see `triage prefer`.
    preferred_at: Mapped[datetime | None]
