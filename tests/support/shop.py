"""A shop of which it is known what its customers complain about: twenty weeks of reviews with
ratings, sentiment, themes and metadata, written straight into the tables.

- Forty reviews a week from Monday 2026-03-02 on; in the last week thirty more, about zips of coats.
- Zips go with 1 or 2 stars, refunds only come with late parcels, staff goes with 5 stars.
- Scarves are few; coats are worse than boots; plan and country say nothing.
- From 2026-05-25 on nobody who wrote about boots gave fewer than four stars.
- The last two weeks have a new theme, laces.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from schema.database import writing
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, DocumentTheme, Theme, ThemeSet
from schema.themes.weeks import count_weeks
from tests.support.feedback import add_model, add_run, add_to_run

MONDAY = date(2026, 3, 2)
WEEKS = 20
RELEASE = datetime(2026, 5, 25, tzinfo=UTC)
#: When one looks at it: a Wednesday, in the week behind the last whole one.
NOW = datetime(2026, 7, 22, 9, tzinfo=UTC)
LAST_WEEK = date(2026, 7, 13)
ZIP, PARCEL, REFUND, STAFF, LACES, HIDDEN, TOPIC = range(1, 8)
NAMES = {
    ZIP: "broken zip",
    PARCEL: "late parcel",
    REFUND: "refund missing",
    STAFF: "friendly staff",
    LACES: "laces too short",
    HIDDEN: "thank you",
    TOPIC: "Delivery",
}
_TEXTS = {
    ZIP: "The zip of my {product} broke after {number} days.",
    PARCEL: "My {product} came {number} days late.",
    REFUND: "I still wait for the refund of order {number}.",
    STAFF: "The staff who sold me the {product} number {number} were friendly.",
    LACES: "The laces of the {product} number {number} are too short.",
    HIDDEN: "Thank you for order {number}.",
}


@dataclass(slots=True)
class Shop:
    """What was written: ids of the documents by theme, and of the run."""

    run_id: int
    documents: dict[int, list[int]]


def make_shop(engine: Engine) -> Shop:
    """Write all of it; the same each time."""
    draw = random.Random(1)
    reviews = [_review(draw, week, number) for week in range(WEEKS) for number in range(40)]
    reviews += [_review(draw, WEEKS - 1, number, (ZIP,)) for number in range(40, 70)]
    with writing(engine) as connection:
        run = add_run(connection, "shop", ("sentiment",), read=len(reviews) + 3, rejected=3)
        model = add_model(connection, run, "sentiment", "stars-2")
        rows = [_document(number, one) for number, one in enumerate(reviews, 1)]
        connection.execute(insert(DocumentRow), rows)
        add_to_run(connection, run, [row["id"] for row in rows])
        connection.execute(
            insert(SentimentRow),
            [_sentiment(draw, run, model, n, one) for n, one in enumerate(reviews, 1)],
        )
        connection.execute(insert(ThemeSet), _set())
        connection.execute(insert(Theme), [_theme(theme) for theme in NAMES])
        members = [row for n, one in enumerate(reviews, 1) for row in _members(n, one)]
        connection.execute(insert(DocumentTheme), members)
    count_weeks(engine, 1)
    documents: dict[int, list[int]] = {theme: [] for theme in NAMES}
    for number, one in enumerate(reviews, 1):
        for theme in one["themes"]:
            documents[theme].append(number)
    return Shop(run, documents)


def _review(
    draw: random.Random, week: int, number: int, themes: tuple[int, ...] | None = None
) -> dict[str, Any]:
    product = "Scarf" if week == 3 and number < 12 else ("Coat", "Boots")[number % 2]
    time = datetime.combine(MONDAY, datetime.min.time(), UTC)
    time += timedelta(days=7 * week + number % 7, hours=8 + number % 9)
    if themes is None:
        themes = _themes(draw, week, number)
    else:
        product = "Coat"
    stars = draw.choice((3, 4, 4, 5))
    if ZIP in themes:
        stars = draw.choice((1, 2))
    elif PARCEL in themes:
        stars = draw.choice((2, 3, 4))
    elif STAFF in themes:
        stars = 5
    elif product == "Coat" and draw.random() < 0.25:
        stars = 2
    if product == "Boots" and time >= RELEASE:
        stars = max(stars, 4)
    return {"themes": themes, "stars": stars, "product": product, "time": time, "number": number}


def _themes(draw: random.Random, week: int, number: int) -> tuple[int, ...]:
    if week >= WEEKS - 2 and number % 6 == 5:
        return (LACES,)
    chosen = draw.choices((ZIP, PARCEL, STAFF, HIDDEN, 0), (2, 2, 2, 1, 3))[0]
    if chosen == PARCEL and draw.random() < 0.7:
        return (PARCEL, REFUND, TOPIC)
    return (chosen,) if chosen else ()


def _document(number: int, review: dict[str, Any]) -> dict[str, Any]:
    said = review["themes"][0] if review["themes"] else HIDDEN
    return {
        "id": number,
        "source": "shop",
        "external_id": f"S-{number:04}",
        "identity": f"{number:032}",
        "text_hash": f"{number:032}",
        "text": _TEXTS[said].format(product=review["product"].lower(), number=number),
        "time": review["time"],
        "product": review["product"],
        "rating": review["stars"],
        "rating_scale": 5,
        "language": "en" if number % 5 else "de",
        "metadata": {"plan": "pro" if number % 3 else "free", "country": "GB"},
        "stored_at": NOW,
    }


def _sentiment(
    draw: random.Random, run: int, model: int, number: int, review: dict[str, Any]
) -> dict[str, Any]:
    # Right nine times of ten, and unsure of what has three stars.
    good = (review["stars"] > 3) == (draw.random() < 0.9)
    polarity = "positive" if good else "negative"
    return {
        "run_id": run,
        "document_id": number,
        "model_id": model,
        "label": polarity,
        "score": 0.9,
        "windows": 1,
        "text_used": "original",
        "polarity": polarity,
        "polarity_score": 0.8 if good else -0.8,
        "unsure": review["stars"] == 3,
    }


def _set() -> dict[str, Any]:
    return {
        "id": 1,
        "scope": "all",
        "basis": "embedding",
        "model": "m@1",
        "next_theme_id": len(NAMES) + 1,
        "made_at": NOW,
        "ready_at": NOW,
    }


def _theme(theme: int) -> dict[str, Any]:
    return {
        "set_id": 1,
        "id": theme,
        "kind": "topic" if theme == TOPIC else "theme",
        "name": NAMES[theme],
        "phrases": [NAMES[theme]],
        "centre": b"",
        "first_seen": NOW,
        "new": theme == LACES,
        "hidden": theme == HIDDEN,
    }


def _members(number: int, review: dict[str, Any]) -> list[dict[str, Any]]:
    found = [theme for theme in review["themes"] if theme != TOPIC] or [None]
    topic = TOPIC if TOPIC in review["themes"] else None
    return [
        {
            "set_id": 1,
            "document_id": number,
            "ordinal": ordinal,
            "theme_id": theme,
            "similarity": 0.7,
            "topic_id": topic,
            "copy_key": number,
        }
        for ordinal, theme in enumerate(found)
    ]
