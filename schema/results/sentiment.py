"""Sentiment: how the customer feels, one row a document."""

from __future__ import annotations

from schema.database.base import Base
from schema.results.base import Label, LabelTable


class Sentiment(Label):
    """How the customer feels, e.g. POSITIVE."""

    __slots__ = ()


class SentimentRow(LabelTable, Base):
    """Table `sentiments`."""

    __tablename__ = "sentiments"
    analysis = "sentiment"
    result = Sentiment
    order = 1
