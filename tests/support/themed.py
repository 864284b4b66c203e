"""Feedback with vectors for tests of themes: a few subjects, each around a direction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, func, insert, select, update

from schema.database import reading, writing
from schema.results.embedding import EmbeddingRow
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, Model, RunDocument
from tests.support.ledger import make_run

#: What each subject is about: its texts say these words, in some order, with a number.
SUBJECTS = {
    "parcel": ("late parcel", "parcel came late", "courier lost my parcel", "late parcel again"),
    "refund": ("refund missing", "waiting for a refund", "refund not paid", "no refund yet"),
    "zip": ("broken zip", "the zip broke", "zip stuck", "zip came off"),
    "colour": ("colour faded", "wrong colour", "colour ran in the wash", "colour is dull"),
    "staff": ("rude staff", "staff was rude", "friendly staff", "staff ignored me"),
}
DIMENSIONS = 16
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def direction(subject: str) -> NDArray[np.float64]:
    """Where the vectors of a subject point to, roughly."""
    vector = np.zeros(DIMENSIONS)
    vector[list(SUBJECTS).index(subject)] = 1.0
    return vector


def themed_texts(subjects: Sequence[str], each: int, first: int = 0) -> list[str]:
    """Texts of each subject in turn, all different."""
    return [
        f"{SUBJECTS[subject][number % 4]} number{'abcdefghij'[number % 10]} x{number}y"
        for number in range(first, first + each)
        for subject in subjects
    ]


def vector_of(text: str, spread: float = 0.12) -> NDArray[np.float16]:
    """The same for the same text: its subject's direction, and some noise."""
    subject = next(one for one in SUBJECTS if one in text.lower())
    noise = np.random.default_rng(list(text.encode())).normal(0, spread, DIMENSIONS)
    vector = direction(subject) + noise
    return np.asarray(vector / np.linalg.norm(vector), dtype="<f2")


def themed_run(engine: Engine, texts: Sequence[str], name: str = "run", model: str = "m") -> int:
    """A run whose documents have one clause each, a time, and a sentiment by their subject."""
    run_id = make_run(engine, texts, ("embedding", "sentiment"), name=name)
    with writing(engine) as connection:
        made = insert(Model).values(
            run_id=run_id, analysis="embedding", name=model, revision="1", options={}
        )
        model_id = connection.execute(made.returning(Model.id)).scalar_one()
        documents = connection.execute(
            select(DocumentRow.id, DocumentRow.text)
            .join(RunDocument, RunDocument.document_id == DocumentRow.id)
            .where(RunDocument.run_id == run_id)
            .order_by(DocumentRow.id)
        ).all()
        shared = {"run_id": run_id, "text_used": "original"}
        for number, (document, text) in enumerate(documents):
            clause = {"ordinal": 0, "start": 0, "end": len(text), "model_id": model_id}
            vector = vector_of(text).tobytes()
            connection.execute(
                insert(EmbeddingRow).values(document_id=document, vector=vector, **clause, **shared)
            )
            polarity = "positive" if "friendly" in text else "negative"
            connection.execute(
                insert(SentimentRow).values(
                    document_id=document,
                    label=polarity,
                    score=0.9,
                    windows=1,
                    polarity=polarity,
                    polarity_score=0.8 if polarity == "positive" else -0.8,
                    **shared,
                )
            )
            time = MONDAY + timedelta(days=number % 21)
            connection.execute(
                update(DocumentRow).where(DocumentRow.id == document).values(time=time)
            )
    return run_id


def count_documents(engine: Engine) -> int:
    """How many documents are stored."""
    with reading(engine) as connection:
        return connection.execute(select(func.count(DocumentRow.id))).scalar_one()
