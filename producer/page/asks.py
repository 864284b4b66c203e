"""What customers ask for, by theme: requests, as intent has them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from producer.page.texts import TextIndex
from schema.questions import Scope
from schema.questions.figures import Share
from schema.questions.wishes import read_wishes
from schema.results.intent import IntentRow

#: Requests that are shown: those of most texts.
SHOWN = 8
#: Quotes of each, and texts behind it.
QUOTES, TEXTS = 2, 10


@dataclass(frozen=True, slots=True)
class AskFacts:
    """Something that is asked for.

    Attributes:
        texts: Different texts that ask for it, of all that ask for anything.
        documents: With copies.
        key: Of the newest of them.
    """

    name: str
    texts: Share
    documents: int
    quotes: list[str]
    key: str


@dataclass(frozen=True, slots=True)
class AsksFacts:
    """What is asked for most; `found` is how much there is, shown or not."""

    shown: list[AskFacts]
    found: int


def read_asks(connection: Connection, scope: Scope, index: TextIndex) -> AsksFacts | None:
    """Read it; None if intent was not analysed, or nobody asks for anything."""
    if connection.execute(select(IntentRow.document_id).limit(1)).first() is None:
        return None
    wishes, total = read_wishes(connection, scope)
    if not wishes:
        return None
    shown = []
    for place, one in enumerate(wishes[:SHOWN]):
        newest = one.documents[: -TEXTS - 1 : -1]
        key = index.add(f"ask{place}", one.name, len(one.documents), newest)
        texts = Share.of(len(one.texts), total)
        shown.append(AskFacts(one.name, texts, len(one.documents), one.quotes(QUOTES), key))
    return AsksFacts(shown, len(wishes))
