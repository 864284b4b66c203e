"""A shop whose customers name themselves wherever their texts go; all of them are invented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, update

from schema.database import writing
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, DocumentTheme, Theme
from tests.support.feedback import add_result
from tests.support.shop import Shop

#: Known to a model alone: no rule would take it for a name.
MODEL_NAME = "Brzx Qwlmn"
#: What may be nowhere once a text is redacted.
SECRETS = (
    *(MODEL_NAME, "Brzx", "Katarzyna", "Nowakowska", "k.nowakowska@example.com"),
    *("020 7946 0958", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"),
    *("12 High Street", "SW1A 1AA", "203.0.113.42", "GB-7781234", "Hidden Person"),
)
TEXT = (
    "My name is Katarzyna Nowakowska, the zip of my coat caught fire and I was injured. Ask "
    f"{MODEL_NAME} at k.nowakowska@example.com or 020 7946 0958, 12 High Street, London SW1A 1AA. "
    "Card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, from 203.0.113.42, "
    "order number GB-7781234. It cost 19.99 at 10:30."
)
#: What is left of it.
LEFT = ("the zip of my coat caught fire", "It cost 19.99 at 10:30.")


def make_personal(engine: Engine, shop: Shop) -> list[int]:
    """Put personal data into the newest documents about zips; returns their ids."""
    newest = shop.documents[1][-8:]
    with writing(engine) as connection:
        for place, document in enumerate(newest):
            values: dict[str, Any] = {
                "time": datetime(2026, 7, 19, 23, place, tzinfo=UTC),
                "text": TEXT,
                "title": "From Katarzyna Nowakowska",
                "external_id": "k.nowakowska@example.com" if place else "Brzx Qwlmn 1",
                "extra": {"customer_name": "Hidden Person", "plan": "pro", "note": TEXT},
                "language": "en",
            }
            connection.execute(
                update(DocumentRow).where(DocumentRow.id == document).values(**values)
            )
        of_them = DocumentTheme.document_id.in_(newest)
        connection.execute(update(DocumentTheme).where(of_them).values(similarity=0.99))
        sides = update(SentimentRow).where(SentimentRow.document_id.in_(newest))
        connection.execute(sides.values(polarity="negative", unsure=False))
        named = update(Theme).where(Theme.id == 1).values(name="zip, Katarzyna Nowakowska")
        connection.execute(named)
        _results(connection, shop, newest)
    return newest


def _results(connection: Connection, shop: Shop, documents: list[int]) -> None:
    run = shop.run_id
    for document in documents:
        add_result(connection, "entities", run, document, type="PER", text=MODEL_NAME, unsure=False)
        named = {"question": "Who?", "answer": "Katarzyna Nowakowska", "unsure": False}
        add_result(connection, "qa", run, document, **named)
        said = "Katarzyna Nowakowska and Brzx Qwlmn were injured."
        add_result(connection, "summary", run, document, summary=said)
        add_result(connection, "translation", run, document, language="de", translation=TEXT)
        add_result(connection, "intent", run, document, intent="request", unsure=False)
