"""Models: what served a run's analysis, exactly."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class Model(Base):
    """Table `models`; result rows point here."""

    __tablename__ = "models"
    __table_args__ = (UniqueConstraint("run_id", "analysis", "name", "revision", "options"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    analysis: Mapped[str]
    name: Mapped[str]
    #: Commit of the model hub, or `sha256:` and the first digits over local weights.
    revision: Mapped[str]
    options: Mapped[dict[str, Any]]
