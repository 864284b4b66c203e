"""Where each figure of a page leads: the address of all its texts."""

from __future__ import annotations

from collections.abc import Iterator

from producer.page.page import Page
from producer.page.weeks import SIDES
from producer.serve.filters.behind import NO_ANSWER, STARS_DIFFER, UNSURE_LABEL
from producer.serve.filters.page_filters import PageFilters
from producer.serve.filters.sides import UNCLEAR
from schema.questions.measure import Measure
from schema.questions.segment_counts import COLUMNS

_Links = Iterator[tuple[str, dict[str, str]]]


def figure_links(page: Page, filters: PageFilters) -> dict[str, str]:
    """By the key of a figure the address of its texts.

    Args:
        page: The facts.
        filters: What the page is about.
    """
    found = {
        key: filters.link("/texts", parameters)
        for links in (
            _weeks,
            _themes,
            _rising,
            _segments,
            _asks,
            _answers,
            _classes,
            _entities,
            _trust,
        )
        for key, parameters in links(page)
        if key
    }
    for one in page.urgent.facts.rows if page.urgent.facts else ():
        found[one.key] = f"/documents/{one.document}"
    return found


def _weeks(page: Page) -> _Links:
    for side in SIDES:
        yield f"all-{side}", {"side": side}
    timeline = page.timeline.facts
    if timeline is not None:
        for (start, side), key in timeline.keys.items():
            yield key, {timeline.step: str(start), "side": _drawn(side)}


def _themes(page: Page) -> _Links:
    for theme in page.themes.facts.shown if page.themes.facts else ():
        for side, key in theme.keys.items():
            more = {} if side == "all" else {"side": _drawn(side)}
            yield key, {"in_theme": str(theme.name.id)} | more


def _drawn(side: str) -> str:
    """What a bar calls `unsure` has all that has no polarity."""
    return UNCLEAR if side == "unsure" else side


def _rising(page: Page) -> _Links:
    for one in page.rising.facts.rising if page.rising.facts else ():
        where = {"in_theme": str(one.theme.id), "week": str(one.week)}
        yield f"rising{one.theme.id}-{one.week}", where


def _segments(page: Page) -> _Links:
    for table in page.segments.facts or ():
        by = table.by if table.by in COLUMNS else f"metadata.{table.by}"
        counted = {"low": "1"} if table.measure is Measure.LOW_RATING else {"side": "negative"}
        for row in table.rows:
            yield row.key, {"segment": f"{by}={row.figures.segment.count.name}"} | counted


def _asks(page: Page) -> _Links:
    for one in page.asks.facts.shown if page.asks.facts else ():
        yield one.key, {"asked_for": one.name}


def _answers(page: Page) -> _Links:
    for question in page.answers.facts or ():
        asked = {"question": question.question}
        for one in question.answers:
            yield one.key, asked | {"like" if one.wordings else "answer": one.answer}
        yield question.none.key, asked | {"answer": NO_ANSWER}


def _classes(page: Page) -> _Links:
    for facts in page.classes.facts or ():
        of = {"of_analysis": facts.table.analysis}
        for row in facts.rows:
            yield row.key, of | {"labelled": row.figure.label}
        yield facts.unsure_key, of | {"labelled": UNSURE_LABEL}


def _entities(page: Page) -> _Links:
    for one in page.entities.facts.shown if page.entities.facts else ():
        yield one.key, {"entity": one.name, "type": one.type}


def _trust(page: Page) -> _Links:
    yield "stars-differ", {"differ": STARS_DIFFER}
    for one in page.trust.labels:
        yield f"labels-{one.analysis}", {"differ": one.analysis}
