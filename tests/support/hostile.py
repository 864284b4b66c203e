"""Texts that would do harm if they were ever taken for more than texts, put into a shop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, text, update

from schema.database import writing
from schema.results.answer import AnswerRow
from schema.results.entity import EntityRow
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, DocumentTheme, Theme
from tests.support.feedback import add_model
from tests.support.shop import Shop

ALERT = "<script>alert(1)</script>"
TEXTS = (
    ALERT,
    "</script><img src=x onerror=alert(2)>",
    "<!--<script>",
    "\u202egnp.exe \u2066 \u200f right to left, \u05e9\u05dc\u05d5\u05dd",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f525\U0001f525 fine",
    "W" * 10_000,
    "{{ 7 * 7 }} {% raw %} ${1} `x` \u2028 \u2029 &amp; &lt;b&gt;",
    '" onclick="alert(3)" x=\'',
)


def make_hostile(engine: Engine, shop: Shop) -> list[int]:
    """Put them wherever a text of others goes; returns the ids of documents that have them."""
    newest = shop.documents[1][-len(TEXTS) :]
    with writing(engine) as connection:
        for document, said in zip(newest, TEXTS, strict=True):
            # The newest ones, so that they are shown.
            values: dict[str, Any] = {"time": datetime(2026, 7, 19, 23, tzinfo=UTC)}
            values |= {"text": said, "external_id": said[:200], "source": f"shop {said[:40]}"}
            found = update(DocumentRow).where(DocumentRow.id == document)
            connection.execute(found.values(**values, product=f"Coat {said[:60]}"))
        # The most typical ones, so that they are quoted.
        of_them = update(DocumentTheme).where(DocumentTheme.document_id.in_(newest))
        connection.execute(of_them.values(similarity=0.99))
        connection.execute(
            update(SentimentRow)
            .where(SentimentRow.document_id.in_(newest))
            .values(polarity="negative", unsure=False)
        )
        connection.execute(update(Theme).where(Theme.id == 1).values(name=f"zip {ALERT}"))
        connection.execute(
            text("UPDATE document_versions SET metadata = :said WHERE id % 2 = 0"),
            {"said": '{"plan": "<img src=x onerror=alert(4)>", "<i>key</i>": "a"}'},
        )
        _results(connection, shop, newest)
    return newest


def _results(connection: Connection, shop: Shop, documents: list[int]) -> None:
    """Answers and names that are as bad."""
    model = add_model(connection, shop.run_id, "qa", "m")
    about = {"run_id": shop.run_id, "model_id": model, "score": 0.9, "text_used": "original"}
    about |= {"windows": 1, "start": 0, "end": 5, "unsure": False, "ordinal": 0}
    answers, names = [], []
    for document in documents:
        row = about | {"document_id": document}
        answers.append(row | {"question": f"What {ALERT}?", "answer": f"an <b>{ALERT}</b>"})
        names.append(row | {"text": f"Acme {ALERT}", "type": "ORG"})
    for table, rows in ((AnswerRow, answers), (EntityRow, names)):
        columns = table.__table__.c.keys()
        kept = [{name: value for name, value in row.items() if name in columns} for row in rows]
        connection.execute(insert(table), kept)
