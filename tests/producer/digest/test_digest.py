"""What a digest says of a shop: what changed, in an order, and nothing where nothing did."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Engine, select, update

from producer.digest.item import Item, nearest_to_none
from schema.database import writing
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow
from tests.producer.digest.conftest import Made, digest_of
from tests.support.shop import make_shop


def by_name(items: list[Item]) -> dict[str, Item]:
    return {f"{one.label}: {one.said}": one for one in items}


def test_it_names_what_changed_with_figure_interval_quotes_and_command(made: Made) -> None:
    found = made()
    items = by_name(list(found.items))
    zip_ = items["Rising: broken zip"]
    assert zip_.figure == "38 texts (27 to 52)" and "expected" in zip_.why
    assert zip_.command == "triage themes show 1" and zip_.key == "rising1-2026-07-13"
    assert len(zip_.quotes) == 3 and all("zip" in one.text for one in zip_.quotes)
    feel = items["How they feel: Customers are unhappier"]
    assert feel.mood == "bad" and "(" in feel.figure
    assert "--since 2026-07-13 --until 2026-07-19 --where polarity=negative" in feel.command
    assert items["Volume: More is written"].figure == "+75 % (+19 to +157)"
    assert all(len({one.document_id for one in item.quotes}) == 3 for item in found.items)
    assert (found.first, found.last, found.days) == (date(2026, 7, 13), date(2026, 7, 19), 7)


def test_what_surely_concerns_most_documents_comes_first(made: Made) -> None:
    found = made()
    weights = [one.documents for one in found.items]
    assert weights == sorted(weights, reverse=True) and min(weights) > 0
    assert len(found.items) <= 5
    themes = [one.theme for one in found.items if one.theme is not None]
    assert len(set(themes)) == len(themes)


def test_it_is_the_same_each_time(made: Made) -> None:
    assert made() == made()


def test_nothing_changed_is_a_digest_and_says_what_would_have_been_seen(made: Made) -> None:
    found = made("7d", "2026-06-21")
    assert found.items == [] and found.before == 40 and found.headline.counts.documents == 40
    share = found.headline.counts.negative.share
    assert share is not None and found.seen is not None
    # Of forty in either week a change has to be large.
    assert 0.2 < found.seen < 0.4


def test_nobody_wrote(made: Made) -> None:
    found = made("7d", "2026-11-01")
    assert found.items == [] and found.headline.counts.documents == 0
    assert found.newest == date(2026, 7, 19)


def test_a_week_on_a_wednesday_has_the_whole_week_before_it(made: Made) -> None:
    found = made("7d", "2026-07-21")
    assert "Rising: broken zip" in by_name(list(found.items))


def test_a_product_that_turned_worse(sqlite_engine: Engine) -> None:
    make_shop(sqlite_engine)
    with writing(sqlite_engine) as connection:
        begin = datetime(2026, 6, 8, tzinfo=UTC)
        end = datetime(2026, 6, 22, tzinfo=UTC)
        chosen = (DocumentRow.product == "Boots", DocumentRow.time.between(begin, end))
        ids = connection.execute(select(DocumentRow.id).where(*chosen)).scalars().all()
        worse = update(SentimentRow).where(SentimentRow.document_id.in_(ids))
        connection.execute(worse.values(polarity="negative", unsure=False))
    found = by_name(list(digest_of(sqlite_engine, "2w", "2026-06-21").items))
    item = found["Product worse: Boots"]
    assert item.figure.startswith("+") and "classified as negative" in item.figure
    assert "product=Boots --where polarity=negative" in item.command
    assert all("boots" in one.text or "order" in one.text for one in item.quotes)
    assert "Product worse: Coat" not in found


def test_an_empty_database_has_a_digest(sqlite_engine: Engine) -> None:
    found = digest_of(sqlite_engine)
    assert found.items == [] and found.newest is None and not found.themes


def test_how_far_an_interval_is_from_no_change() -> None:
    assert nearest_to_none(-0.1, 0.2) == 0
    assert nearest_to_none(0.1, 0.2) == 0.1
    assert nearest_to_none(-0.3, -0.2) == 0.2
