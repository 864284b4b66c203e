"""The page as facts: all that is drawn, and nothing of how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from producer.page.answers import QuestionFacts, read_answers
from producer.page.asks import AsksFacts, read_asks
from producer.page.classes import ClassFacts, read_class_facts
from producer.page.entities import EntitiesFacts, read_entities
from producer.page.part import Part, read_part
from producer.page.recent import Recent, read_recent
from producer.page.segments import SegmentTable, read_segment_tables
from producer.page.text_themes import read_text_themes
from producer.page.texts import Text, TextIndex
from producer.page.themes import ThemesFacts, read_themes
from producer.page.urgent import UrgentList, read_urgent
from producer.page.weeks import Timeline, read_timeline
from schema.questions import Scope
from schema.questions.examples import newest_part
from schema.questions.headline import Headline, read_headline
from schema.questions.rising import Rising, read_rising
from schema.questions.trust import Trust, read_trust


@dataclass(frozen=True, slots=True)
class Page:
    """What is on the page, in its order.

    Attributes:
        made_at: When it was read (UTC).
        about: Which feedback, in words.
        timeline: By week or month.
        recent: The period that changes are told of.
        index: The texts behind figures, by key, …
        texts: … and these texts.
        text_themes: By document of theirs the ids of its themes.
    """

    made_at: datetime
    about: Sequence[str]
    headline: Headline
    timeline: Part[Timeline]
    recent: Part[Recent]
    rising: Part[Rising]
    themes: Part[ThemesFacts]
    segments: Part[list[SegmentTable]]
    asks: Part[AsksFacts]
    answers: Part[list[QuestionFacts]]
    classes: Part[list[ClassFacts]]
    entities: Part[EntitiesFacts]
    urgent: Part[UrgentList]
    trust: Trust
    index: TextIndex = field(default_factory=TextIndex)
    texts: Sequence[Text] = ()
    text_themes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


#: What a part says that has nothing to show.
MISSING = {
    "timeline": "No document has a time; name its column: triage ingest FILE --time COLUMN.",
    "recent": "There is no earlier period to compare with.",
    "rising": "Nobody has written yet.",
    "themes": "No document of this choice is in a theme; run: triage themes.",
    "segments": "No document names a product; name its column: "
    "triage ingest FILE --product COLUMN.",
    "asks": "Nothing is known to be a request; run: triage ingest FILE --analyses intent.",
    "answers": "No question was asked; run: triage ingest FILE --analyses qa --question "
    '"What does the customer ask for?"',
    "classes": "There are no labels of your own; name them in a catalog, [topics] with "
    "labels = …, and run: triage ingest FILE --analyses topics.",
    "entities": "No names were found; run: triage ingest FILE --analyses entities.",
    "urgent": "There is no feedback yet; run: triage ingest FILE --analyses sentiment.",
}


def read_page(connection: Connection, scope: Scope, about: Sequence[str], now: datetime) -> Page:
    """Read the page.

    Args:
        connection: Open.
        scope: Which documents.
        about: How the scope is called.
        now: The time.
    """
    index = TextIndex()
    headline = read_headline(connection, scope, now)
    newest = newest_part(connection, scope)
    recent = read_part(lambda: read_recent(connection, scope, headline), MISSING["recent"])
    made = Page(
        made_at=now,
        about=about,
        headline=headline,
        timeline=read_part(lambda: read_timeline(connection, scope, index), MISSING["timeline"]),
        recent=recent,
        rising=read_part(lambda: _rising(connection, scope, index, now), MISSING["rising"]),
        themes=read_part(lambda: read_themes(connection, scope, index), MISSING["themes"]),
        segments=read_part(
            lambda: read_segment_tables(connection, scope, index, newest), MISSING["segments"]
        ),
        asks=read_part(lambda: read_asks(connection, scope, index), MISSING["asks"]),
        answers=read_part(
            lambda: read_answers(connection, scope, index, newest) or None, MISSING["answers"]
        ),
        classes=read_part(
            lambda: read_class_facts(connection, scope, index, newest, recent.facts),
            MISSING["classes"],
        ),
        entities=read_part(
            lambda: read_entities(connection, scope, index, newest), MISSING["entities"]
        ),
        urgent=read_part(
            lambda: read_urgent(connection, scope, index, headline), MISSING["urgent"]
        ),
        trust=_trust(connection, scope, index),
        index=index,
    )
    return _with_texts(connection, scope, made)


def _with_texts(connection: Connection, scope: Scope, page: Page) -> Page:
    texts = page.index.read(connection, scope)
    themes = read_text_themes(connection, scope, [one.id for one in texts])
    return replace(page, texts=texts, text_themes=themes)


def _rising(connection: Connection, scope: Scope, index: TextIndex, now: datetime) -> Rising:
    found = read_rising(connection, scope, now)
    for one in found.rising:
        title = f"{one.theme.name}, week of {one.week}"
        index.add(f"rising{one.theme.id}-{one.week}", title, one.texts, one.examples)
    return found


def _trust(connection: Connection, scope: Scope, index: TextIndex) -> Trust:
    found = read_trust(connection, scope)
    if found.stars is not None:
        agree = found.stars.agree
        wrong = agree.total - agree.count
        index.add("stars-differ", "Stars and sentiment differ", wrong, found.stars.disagreeing)
    for one in found.labels:
        wrong = one.agree.total - one.agree.count
        title = f"A person and the model of {one.analysis} differ"
        index.add(f"labels-{one.analysis}", title, wrong, one.disagreeing)
    return found
