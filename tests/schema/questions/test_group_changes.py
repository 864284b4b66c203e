"""Which product or theme is felt worse about than before."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.questions import Scope
from schema.questions.group_changes import compare_themes, read_product_changes
from schema.questions.themed_documents import read_themed_documents
from schema.questions.themes import read_theme_names
from schema.reports import Period
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow
from tests.support.shop import NOW, PARCEL, make_shop

BEGIN, END = datetime(2026, 6, 8, tzinfo=UTC), datetime(2026, 6, 22, tzinfo=UTC)


def spoil(engine: Engine) -> None:
    """In two weeks everything about boots is bad."""
    make_shop(engine)
    with writing(engine) as connection:
        chosen = (DocumentRow.product == "Boots", DocumentRow.time.between(BEGIN, END))
        ids = connection.execute(select(DocumentRow.id).where(*chosen)).scalars().all()
        worse = update(SentimentRow).where(SentimentRow.document_id.in_(ids))
        connection.execute(worse.values(polarity="negative", unsure=False))


def test_products_are_compared_with_themselves(engine: Engine) -> None:
    spoil(engine)
    with reading(engine) as connection:
        boots, coat = read_product_changes(connection, Scope(Period(BEGIN, END)), NOW)
    assert (boots.name, coat.name) == ("Boots", "Coat")
    assert boots.now.negative.share == 1.0 and boots.now.negative.total == 40
    assert boots.negative.is_sure and boots.q < 0.001
    assert boots.negative.previous == boots.before.negative.share
    # Benjamini and Hochberg: the larger of the two is not raised.
    assert coat.q > 0.05 or not coat.negative.is_sure


def test_themes_are_compared_likewise_and_few_say_nothing(engine: Engine) -> None:
    spoil(engine)
    with reading(engine) as connection:
        names = read_theme_names(connection)
        compared = []
        for since in (datetime(2026, 5, 25, tzinfo=UTC), datetime(2026, 6, 15, tzinfo=UTC)):
            period = Period(since, END)
            now, before = (
                read_themed_documents(connection, Scope(one), names)
                for one in (period, period.previous(NOW))
            )
            compared.append(compare_themes(now, before, names))
    found, few = compared
    assert {one.name for one in found} <= {one.name for one in names.by_id.values()}
    assert PARCEL in {one.id for one in found}
    assert [one.q for one in found] == sorted(one.q for one in found)
    assert all(min(one.now.negative.total, one.before.negative.total) >= 10 for one in few)
    assert len(few) < len(names.by_id)
