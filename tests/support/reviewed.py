"""Runs with results of sentiment that people can look at."""

from __future__ import annotations

from sqlalchemy import Engine

from schema.database import writing
from tests.support.feedback import add_document, add_result, add_run, add_to_run


def make_reviewed_run(
    engine: Engine, scores: list[float], name: str = "run", first: int = 1
) -> tuple[int, list[int]]:
    """A run with a document for each polarity score; returns its id and theirs.

    The surer of a document the model is, the farther its score lies from 0.
    """
    with writing(engine) as connection:
        run = add_run(connection, name, ("sentiment",), read=len(scores), stored=len(scores))
        documents = [
            add_document(connection, first + number, f"Text {first + number}.")
            for number in range(len(scores))
        ]
        add_to_run(connection, run, documents)
        for document, score in zip(documents, scores, strict=True):
            polarity = "negative" if score < 0 else "positive"
            row = {"label": polarity.upper(), "polarity": polarity, "polarity_score": score}
            add_result(connection, "sentiment", run, document, score=abs(score), **row)
    return run, documents
