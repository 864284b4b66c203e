"""Sibling jobs of two analyses that share their encoder, and what became of them."""

from __future__ import annotations

from sqlalchemy import Engine, select

from schema.database import reading
from schema.ledger.dispatch import dispatch
from schema.results.entity import EntityRow
from schema.results.sentiment import SentimentRow
from tests.support.burst import Child
from tests.support.ledger import jobs

ANALYSES = ("sentiment", "entities")
TEXTS = ["the parcel is broken", "Berlin", "Anna is er, in Berlin!", "where is it"]


def send(engine: Engine, child: Child, window: int = 100) -> None:
    for analysis in ANALYSES:
        dispatch(engine, child.messages.publish, analysis, window)


def take(child: Child, analysis: str = "sentiment") -> int:
    """The job of the next message, as Celery would have it."""
    found = child.ledger.next_message(analysis)
    assert found
    return found[1]


def states(engine: Engine) -> list[tuple[str, str, int]]:
    return [(job.analysis, job.state, job.attempts) for job in jobs(engine)]


def written(engine: Engine) -> tuple[int, int]:
    """Documents with a sentiment, and with entities."""
    with reading(engine) as connection:
        sentiments = connection.execute(select(SentimentRow.document_id)).scalars()
        entities = connection.execute(select(EntityRow.document_id)).scalars()
        return len(list(sentiments)), len(set(entities))
