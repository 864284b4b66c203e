"""Rollups: what reports on all documents count, worked out beforehand, in blocks of documents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class RollupStale(Base):
    """Table `rollup_stale`: blocks of which something has changed since their rollups were made.

    Triggers write it, whoever changes results or documents. A block may stand there often: nobody
    who adds a row waits for another.
    """

    __tablename__ = "rollup_stale"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger, index=True)


class RollupDocument(Base):
    """Table `rollup_documents`: what reports count by of each document of `v_documents`, without
    its texts. No foreign keys and checks: what is true stands in other tables.
    """

    __tablename__ = "rollup_documents"
    # By time: what is asked of a period, and the newest texts behind a figure.
    __table_args__ = (Index(None, "block"), Index(None, "time"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]
    product: Mapped[str | None]
    language: Mapped[str | None]
    time: Mapped[datetime | None]
    day: Mapped[date | None]
    rating: Mapped[float | None]
    rating_scale: Mapped[int | None]
    polarity: Mapped[str | None]
    leaning: Mapped[str | None]
    polarity_score: Mapped[float | None]
    label: Mapped[str | None]
    score: Mapped[float | None]
    unsure: Mapped[bool | None]
    sentiment_run_id: Mapped[int | None]
    sentiment_model_id: Mapped[int | None]
    characters: Mapped[int]
    resolved: Mapped[int]
    translated: Mapped[int]


class RollupEntity(Base):
    """Table `rollup_entities`: of a block, how often each spelling of an entity is named."""

    __tablename__ = "rollup_entities"
    __table_args__ = (Index(None, "block"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str]
    entity: Mapped[str]
    #: Null for mentions that the model is unsure of, where a document has no others.
    spelling: Mapped[str | None]
    mentions: Mapped[int]
    unsure_mentions: Mapped[int]
    documents: Mapped[int]
    positive: Mapped[int]
    neutral: Mapped[int]
    negative: Mapped[int]
    unsure: Mapped[int]


class RollupAnswer(Base):
    """Table `rollup_answers`: of a block, how often each answer is given to each question."""

    __tablename__ = "rollup_answers"
    __table_args__ = (Index(None, "block"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)
    question: Mapped[str]
    grouped: Mapped[str]
    #: As it is shown, of those that count as the same.
    spelling: Mapped[str]
    documents: Mapped[int]
    unsure: Mapped[int]
    #: The sum of the scores.
    score: Mapped[float]


class RollupResult(Base):
    """Table `rollup_results`: of a block, how many documents have a result of each model."""

    __tablename__ = "rollup_results"
    __table_args__ = (Index(None, "block"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)
    analysis: Mapped[str]
    #: Null where no model was needed.
    model: Mapped[str | None]
    revision: Mapped[str | None]
    documents: Mapped[int]


class RollupClass(Base):
    """Table `rollup_classes`: of a block, how many documents of a day have a label of an analysis
    of the user's own, or an intent.
    """

    __tablename__ = "rollup_classes"
    __table_args__ = (Index(None, "block"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)
    analysis: Mapped[str]
    label: Mapped[str]
    #: Null for documents without a time.
    day: Mapped[date | None]
    #: Those that surely have the label.
    documents: Mapped[int]
    unsure: Mapped[int]
    #: Those of which the label is the first, …
    analysed: Mapped[int]
    #: … and of these where it is sure.
    sure: Mapped[int]


class RollupUrgent(Base):
    """Table `rollup_urgent`: documents that the report `urgent` lists, of blocks of which that was
    worked out.
    """

    __tablename__ = "rollup_urgent"
    __table_args__ = (Index(None, "block"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(BigInteger)
    time: Mapped[datetime | None]
    score: Mapped[float]
    #: The same for texts with the same words.
    words: Mapped[int] = mapped_column(BigInteger)


class RollupUrgentBlock(Base):
    """Table `rollup_urgent_blocks`: blocks of which `rollup_urgent` has what is listed."""

    __tablename__ = "rollup_urgent_blocks"

    block: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    #: A digest of the rules by which they were worked out.
    rules: Mapped[str]
