"""The page is the same whichever database it is read from, and whether rollups are worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from benchmarks.reports.build import build
from producer.page.page import Page, read_page
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from schema.questions import Scope, examples
from schema.reports import Condition, Period
from schema.views import refresh

#: A number with so many digits that the last ones may be chance.
_LONG = re.compile(r"\d+\.\d{9,}(?:e-\d+)?")
NOW = datetime(2027, 1, 4, tzinfo=UTC)
SPRING = Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
#: All, a period, a product, what only the documents themselves have, and a run.
SCOPES = [
    Scope(),
    Scope(SPRING),
    Scope(where=(Condition("d.product = :product", {"product": "Product 7"}),)),
    Scope(SPRING, (Condition("d.version = :version", {"version": 1}),)),
    Scope(run_id=4),
]


@pytest.fixture
def two(sqlite_url: str, postgres_url: str) -> Iterator[list[Engine]]:
    """The same 1,500 documents in either database; no rollups yet."""
    engines = [open_engine(url) for url in (sqlite_url, postgres_url)]
    for engine in engines:
        upgrade(engine)
        build(engine, 1_500)
    yield engines
    for engine in engines:
        engine.dispose()


def pages(engines: list[Engine]) -> list[str]:
    """For each scope all that is on the page, as text: what is no number is not equal to itself.
    The benchmark computes some numbers, which databases do with more digits or fewer.
    """
    found: list[list[Page]] = []
    for engine in engines:
        with reading(engine) as connection:
            found.append([read_page(connection, scope, [], NOW) for scope in SCOPES])
    ours, theirs = ([_LONG.sub(_rounded, repr(page)) for page in one] for one in found)
    for one, other in zip(ours, theirs, strict=True):
        assert one == other
    return ours


def test_both_databases_give_the_same_page(
    two: list[Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = pages(two)
    for engine in two:
        assert refresh(engine) == 1
    assert pages(two) == plain
    # Of the newest 40 few figures have all their texts, so that the others are looked at, too.
    monkeypatch.setattr(examples, "NEWEST", 40)
    assert [without_answers(one) for one in pages(two)] == [without_answers(one) for one in plain]


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.9g}"


def without_answers(page: str) -> str:
    """Of answers it is not the surest texts that are shown of much feedback."""
    return page.partition("answers=")[0]
