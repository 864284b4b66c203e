"""What is complained about most."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, update

from schema.database import reading, writing
from schema.questions.complaints import read_complaints
from schema.questions.errors import NoAnswerError
from schema.questions.measure import Measure
from schema.questions.scope import Scope
from schema.reports import Condition
from schema.tables import DocumentTheme
from tests.support.shop import HIDDEN, LACES, PARCEL, ZIP, Shop, make_shop

FEW = Condition("d.product = :product", {"product": "Scarf"})


def test_the_theme_of_most_unhappy_customers_is_first(connection: Connection, shop: Shop) -> None:
    found: Any = read_complaints(connection, Scope())
    assert found.measure is Measure.NEGATIVE and found.texts == found.documents == 830
    first = found.themes[0]
    assert first.theme.id == ZIP and first.ranked
    assert first.documents == first.texts == len(shop.documents[ZIP])
    assert first.negative.total == 830 and first.within.total == first.texts
    assert first.negative.interval.low < first.negative.share < first.negative.interval.high
    assert set(first.examples) <= set(shop.documents[ZIP]) and len(first.examples) == 10
    assert HIDDEN not in {one.theme.id for one in found.themes}
    ranked = [one.negative.count for one in found.themes if one.ranked]
    assert ranked == sorted(ranked, reverse=True)


def test_too_few_documents_are_shown_and_not_ranked(connection: Connection) -> None:
    found: Any = read_complaints(connection, Scope())
    last = found.themes[-1]
    assert last.theme.id == LACES and not last.ranked and last.documents < 30
    scarves: Any = read_complaints(connection, Scope(where=(FEW,)))
    assert scarves.documents == 12 and not any(one.ranked for one in scarves.themes)
    names = [one.theme.name for one in scarves.themes]
    assert names == sorted(names)


def test_copies_count_once_and_a_merged_theme_as_the_other(sqlite_engine: Engine) -> None:
    shop = make_shop(sqlite_engine)
    with writing(sqlite_engine) as connection:
        copies = update(DocumentTheme).where(DocumentTheme.document_id.in_(shop.documents[ZIP]))
        connection.execute(copies.values(copy_key=7))
    with reading(sqlite_engine) as connection:
        found = {one.theme.id: one for one in read_complaints(connection, Scope()).themes}
    assert found[ZIP].texts == found[ZIP].negative.count == 1
    assert found[ZIP].documents == len(shop.documents[ZIP]) and found[ZIP].ranked
    assert found[PARCEL].texts == len(shop.documents[PARCEL])


def test_without_themes_it_says_what_to_run(sqlite_engine: Engine) -> None:
    with (
        reading(sqlite_engine) as connection,
        pytest.raises(NoAnswerError, match="run: triage themes"),
    ):
        read_complaints(connection, Scope())


@pytest.mark.parametrize("where", [FEW, Condition("d.product <> :product", {"product": "Scarf"})])
def test_it_is_the_same_however_clauses_are_read(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, where: Condition
) -> None:
    """Those of the documents that are asked about, or all of which others are left out."""
    scope = Scope(where=(where,))
    found = []
    for dense in (0, 1_000_000):
        monkeypatch.setattr("schema.questions.number_rows._DENSE", dense)
        found.append(read_complaints(connection, scope))
    assert found[0] == found[1] and found[0].themes
