"""How the customers feel, and how much is written, beside the period before."""

from __future__ import annotations

from collections.abc import Iterator

from producer.digest.item import Item, nearest_to_none
from producer.digest.request import DigestRequest
from producer.page import numbers
from schema.questions.figures import Change
from schema.questions.headline import Headline
from schema.questions.scope import select_rows
from schema.questions.themes import EXAMPLES

#: What a document less or more counts beside one that is felt otherwise about.
VOLUME_WEIGHT = 0.25
#: Stars between the worst and the best rating.
_STARS = 4


def headline_items(request: DigestRequest, headline: Headline) -> Iterator[Item]:
    """What of the headline changed: of polarity and rating whichever says more, and the volume."""
    changes, counts = headline.changes, headline.counts
    if changes is None:
        return
    mood = []
    if changes.negative.is_sure and changes.negative.interval is not None:
        moved = nearest_to_none(*changes.negative.interval) * counts.negative.total
        figure = f"{numbers.percent(counts.negative.share)} classified as negative"
        mood.append(_item(request, figure, (changes.negative, "share", 1), moved))
    if changes.rating.is_sure and changes.rating.interval is not None:
        moved = nearest_to_none(*changes.rating.interval) / _STARS * counts.rating.count
        figure = f"mean rating {numbers.stars(counts.rating.mean)}"
        mood.append(_item(request, figure, (changes.rating, "stars", -1), moved))
    yield from sorted(mood, key=lambda one: -one.documents)[:1]
    volume = changes.documents
    if volume.is_sure and volume.interval is not None and volume.previous:
        moved = nearest_to_none(*volume.interval) * volume.previous * VOLUME_WEIGHT
        yield Item(
            label="Volume",
            said="More is written" if (volume.change or 0) > 0 else "Less is written",
            figure=numbers.change(volume, "count"),
            why=f"{numbers.count(counts.documents)} documents; {numbers.count(volume.previous)} in "
            f"the {request.days} days before",
            mood="plain",
            documents=moved,
            command=request.texts(),
            key="headline",
            examples=_examples(request, "1 = 1"),
        )


def _item(
    request: DigestRequest, figure: str, moved: tuple[Change, str, int], documents: float
) -> Item:
    """How they feel: `moved` is the change, its kind, and the sign of what is worse."""
    change, kind, worse = moved
    is_worse = (change.change or 0) * worse > 0
    before = numbers.percent(change.previous) if kind == "share" else numbers.stars(change.previous)
    side = "negative" if is_worse else "positive"
    return Item(
        label="How they feel",
        said="Customers are unhappier" if is_worse else "Customers are happier",
        figure=numbers.change(change, kind),
        why=f"{figure}; {before} in the {request.days} days before",
        mood="bad" if is_worse else "good",
        documents=documents,
        command=request.texts(f"polarity={side}"),
        key=f"all-{side}",
        examples=_examples(request, f"d.polarity = '{side}'"),
    )


def _examples(request: DigestRequest, condition: str) -> tuple[int, ...]:
    sql = f"""
    SELECT d.id AS id FROM current_documents AS d WHERE {condition}
    ORDER BY d.time IS NULL, d.time DESC, d.id DESC LIMIT {EXAMPLES}
    """
    return tuple(row.id for row in select_rows(request.connection, sql, request.scope))
