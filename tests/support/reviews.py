"""The reviews of docs/reviews.csv, ingested, with results that are made by rule and not by a model,
so that what the page shows of them can be shown again anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from sqlalchemy import Connection, Engine, insert, select

from schema.database import writing
from schema.results.embedding import EmbeddingRow
from schema.results.entity import EntityRow
from schema.results.intent import IntentRow
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, Run
from tests.support.feedback import add_model
from tests.support.ingesting import run_ingest

FILE = Path(__file__).parents[2] / "docs" / "reviews.csv"
RUN = "reviews"
#: What is said of each subject, in lower case, and whether it is a complaint.
SUBJECTS = {
    r"zip": True,
    r"late|delivery|courier": True,
    r"refund": True,
    r"small|size chart|tight|size [sml] ": True,
    r"laces": True,
    r"staff|woman in the": False,
    r"warm": False,
    r"comfortable": False,
}
_NAMES = {
    "LOC": "Leeds|York|Bath|Inverness|Cardiff|Galway",
    "ORG": "Northwind|Alpina|Fenwick|Trekka",
}
_DIMENSIONS = 48


def make_reviews(engine: Engine) -> None:
    """Ingest the file, and write what was found in it: clauses, sentiment, entities, intents."""
    run_ingest(
        engine, FILE, block_size=1_000, run=RUN, analyses="sentiment,entities,intent,embedding"
    )
    with writing(engine) as connection:
        run = connection.execute(select(Run.id).where(Run.name == RUN)).scalar_one()
        rows = select(DocumentRow.id, DocumentRow.text, DocumentRow.rating)
        documents = connection.execute(rows.order_by(DocumentRow.id)).all()
        _write(connection, run, "sentiment", SentimentRow, map(_sentiment, documents))
        _write(connection, run, "entities", EntityRow, _entities(documents))
        _write(connection, run, "intent", IntentRow, map(_intent, documents))
        _write(connection, run, "embedding", EmbeddingRow, _clauses(documents))


def _write(
    connection: Connection, run: int, analysis: str, table: Any, rows: Iterator[dict[str, Any]]
) -> None:
    model = add_model(connection, run, analysis, f"rules/{analysis}")
    of_run = {"run_id": run, "model_id": model, "text_used": "original"}
    connection.execute(insert(table), [of_run | row for row in rows])


def _subject(text: str) -> int | None:
    """Which subject a text is about, the first that is named; None if it is of none."""
    named = (place for place, words in enumerate(SUBJECTS) if re.search(words, text.lower()))
    return next(named, None)


def _sentiment(document: Any) -> dict[str, Any]:
    """By the subject, wrong of every twelfth text, and unsure of most that are about none."""
    subject, draw = _subject(document.text), crc32(document.text.encode())
    complains = draw % 2 == 0 if subject is None else list(SUBJECTS.values())[subject]
    if draw % 12 == 5:
        complains = not complains
    polarity = "negative" if complains else "positive"
    score = 0.7 + draw % 29 / 100
    unsure = (subject is None and draw % 5 > 0) or draw % 23 == 0
    return {
        "document_id": document.id,
        "label": polarity,
        "score": score,
        "windows": 1,
        "polarity": polarity,
        "polarity_score": round(-score if complains else score, 2),
        "unsure": unsure,
    }


def _intent(document: Any) -> dict[str, Any]:
    """A request where money is asked back, else a complaint or praise by the subject."""
    subject = _subject(document.text)
    if re.search("refund", document.text, re.IGNORECASE):
        intent = "request"
    elif subject is None:
        intent = "none"
    else:
        intent = "complaint" if list(SUBJECTS.values())[subject] else "praise"
    return {
        "document_id": document.id,
        "ordinal": 0,
        "intent": intent,
        "score": 0.9,
        "windows": 1,
        "unsure": False,
    }


def _entities(documents: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for document in documents:
        ordinals = count()
        for kind, names in _NAMES.items():
            for found in re.finditer(rf"\b({names})\b", document.text):
                yield {
                    "document_id": document.id,
                    "ordinal": next(ordinals),
                    "type": kind,
                    "text": found[0],
                    "start": found.start(),
                    "end": found.end(),
                    "score": 0.9,
                    "unsure": False,
                }


def _clauses(documents: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for document in documents:
        for ordinal, found in enumerate(re.finditer(r"[^.]+\.?", document.text)):
            clause = found[0].strip()
            yield {
                "document_id": document.id,
                "ordinal": ordinal,
                "start": found.start() + found[0].index(clause),
                "end": found.end(),
                "vector": _vector(clause),
            }


def _vector(clause: str) -> bytes:
    """Near the direction of its subject; of none, anywhere."""
    vector = np.random.default_rng(crc32(clause.encode())).normal(0, 0.09, _DIMENSIONS)
    subject = _subject(clause)
    if subject is not None:
        vector[subject] += 1
    return np.asarray(vector / np.linalg.norm(vector), dtype="<f2").tobytes()
