"""The five lines that are read first: what changed, what rises, what goes with bad ratings, which
product is worst, what cannot wait, what is asked for; each with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from producer.page import numbers
from producer.page.page import Page
from producer.page.urgent import SHOWN as URGENT_SHOWN
from schema.questions.segments import SegmentFigures


@dataclass(frozen=True, slots=True)
class Line:
    """A line.

    Attributes:
        label: What it is about.
        said: What is so.
        why: The figures, with their intervals.
        mood: `bad`, `good`, or `plain`.
        key: Of the texts behind it; "" for none.
        next: What to do about it.
    """

    label: str
    said: str
    why: str
    mood: str = "plain"
    key: str = ""
    next: str = ""


def best_lines(page: Page) -> list[Line]:
    """The lines that there are facts for, in the order of the page; five at the most."""
    found = (_mood, _rising, _theme, _product, _urgent, _answer)
    return [line for each in found for line in each(page)][:5]


def _mood(page: Page) -> Iterator[Line]:
    negative = page.headline.counts.negative
    if negative.share is None:
        return
    recent = page.recent.facts
    moved = None if recent is None else recent.headline.changes
    why = (
        f"{numbers.percent_range(negative.interval)}, of {numbers.count(negative.total)} documents"
    )
    mood, todo = "plain", ""
    if moved is not None and moved.negative.change is not None and recent is not None:
        why += f"; since {numbers.day(recent.first)} {numbers.change(moved.negative, 'share')}"
        if moved.negative.is_sure:
            mood = "bad" if moved.negative.change > 0 else "good"
            todo = "Read what is new of it below."
        else:
            why += ", which may be chance"
            todo = "Nothing has surely changed."
    said = f"{numbers.percent(negative.share)} classified as negative"
    yield Line("How they feel", said, why, mood, "all-negative", todo)


def _rising(page: Page) -> Iterator[Line]:
    rising = page.rising.facts
    if rising is None or not rising.rising:
        return
    one = rising.rising[0]
    usual = "it is new" if one.expected is None else f"{one.expected:.1f} expected"
    why = f"{numbers.count(one.texts)} texts in the week of {numbers.day(one.week)}; {usual}"
    key = f"rising{one.theme.id}-{one.week}"
    todo = "Ask what changed in that week."
    yield Line(numbers.alert(one.alert).capitalize(), one.theme.name, why, "bad", key, todo)


def _theme(page: Page) -> Iterator[Line]:
    themes = page.themes.facts
    if themes is None or not themes.shown:
        return
    driven = [one for one in themes.shown if one.driver is not None and one.driver.difference < 0]
    if driven:
        # What costs most stars in all: a rare theme may go with worse ones, and cost less.
        worst = min(
            driven,
            key=lambda one: one.driver.difference * one.driver.documents if one.driver else 0,
        )
        assert worst.driver is not None
        moves = worst.driver.difference * worst.driver.documents / (themes.drivers or 1)
        low = numbers.signed_range(worst.driver.interval, 1, 1)
        why = f"{numbers.signed(worst.driver.difference, 1)} stars ({low}) against all others"
        why += f"; {numbers.signed(moves, 2)} of the mean rating of all"
        todo = "Look here first for what costs stars."
        yield Line("Goes with low ratings", worst.name.name, why, "bad", worst.keys["all"], todo)
        return
    largest = max(themes.shown, key=lambda one: one.counts.negative.count)
    why = f"{numbers.count(largest.counts.negative.count)} documents classified as negative"
    yield Line("Complained about most", largest.name.name, why, "plain", largest.keys["negative"])


def _product(page: Page) -> Iterator[Line]:
    tables = page.segments.facts or ()
    products = next((table for table in tables if table.by == "product"), None)
    if products is None or len(products.rows) < 2:
        return
    first = products.rows[0]
    if not first.figures.segment.ranked:
        return
    name, why = first.figures.segment.count.name, beside(first.figures)
    if first.figures.segment.is_sure and first.figures.segment.difference > 0:
        todo = "See which themes its texts are in."
        yield Line("Worst product", name, why, "bad", first.key, todo)
        return
    yield Line("Products", "None is surely worse", f"{name} is the lowest: {why}", key=first.key)


def beside(one: SegmentFigures) -> str:
    """How a segment differs from all others."""
    segment = one.segment
    ends = numbers.signed_range(segment.difference_interval, 100)
    said = (
        f"{numbers.percent(segment.share)} negative, {numbers.signed(100 * segment.difference)} "
        f"points ({ends}) against all others"
    )
    return said if segment.is_sure else f"{said}, which may be chance"


def _urgent(page: Page) -> Iterator[Line]:
    urgent = page.urgent.facts
    if urgent is None or not urgent.rows:
        return
    first = urgent.rows[0]
    shown = len(urgent.rows)
    said = "1 text" if shown == 1 else f"{numbers.count(shown)} texts"
    since = f" since {numbers.day(urgent.since)}" if urgent.since else ""
    more = "at least " if shown >= URGENT_SHOWN else ""
    why = f"first: {first.reasons}"
    yield Line(
        "Cannot wait",
        f"{more}{said}{since}",
        why,
        "bad",
        first.key,
        "Answer these customers today.",
    )


def _answer(page: Page) -> Iterator[Line]:
    for question in page.answers.facts or ():
        repeated = [one for one in question.answers if one.share.count > 1]
        if repeated:
            first = repeated[0]
            why = f"{numbers.count(first.share.count)} of {numbers.count(question.asked)} documents"
            yield Line(question.question, first.answer, why, "plain", first.key)
            return
    entities = page.entities.facts
    if entities is not None:
        named = entities.shown[0]
        why = f"in {numbers.count(named.documents)} documents"
        yield Line("Named most", f"{named.name} ({named.type})", why, "plain", named.key)
