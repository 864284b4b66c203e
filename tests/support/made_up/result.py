"""Politeness: how the customer writes, one row a document."""

from __future__ import annotations

from schema.database.base import Base
from schema.results.base import Label, LabelTable


class Politeness(Label):
    """How the customer writes, e.g. RUDE."""

    __slots__ = ()


class PolitenessRow(LabelTable, Base):
    """Table `politeness`."""

    __tablename__ = "politeness"
    analysis = "politeness"
    result = Politeness
