"""What reports can be asked for: periods, conditions, breakdowns, comparisons, order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from schema.database import reading, writing
from schema.insights import wilson
from schema.insights.difference import newcombe
from schema.reports import (
    Condition,
    Period,
    ReportError,
    ReportOptions,
    find_report,
    read_period,
    reports,
    run_report,
)
from tests.support.feedback import add_document, add_result, add_run
from tests.support.two_runs import seed

#: Reports that count documents, and can be broken down.
BROKEN_DOWN = {
    *("answers", "languages", "sentiment", "sentiment-by-language", "sentiment-by-model"),
    *("sentiment-by-product", "sentiment-by-source"),
}
KETTLE = Condition("d.product = :product", {"product": "Kettle"})


def rows(engine: Engine, name: str, **options: Any) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        found = run_report(connection, find_report(name), ReportOptions(**options))
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def grow(engine: Engine) -> None:
    """October: 20 of 50 kettles negative, 1 of 2 mugs; November: 40 of 80, and 5 of 50 cups."""
    with writing(engine) as connection:
        run = add_run(connection, "r")
        number = 0
        for month, product, negative, documents in (
            *((10, "Kettle", 20, 50), (10, "Mug", 1, 2)),
            *((11, "Kettle", 40, 80), (11, "Cup", 5, 50)),
        ):
            for place in range(documents):
                number += 1
                time = f"2026-{month}-{place % 28 + 1:02}T12:00:00Z"
                plan = {"plan": {"name": "pro" if place % 2 else "free"}, "beta": place % 5 == 0}
                document = add_document(
                    connection, number, "text", time, product=product, extra=plan
                )
                polarity = "negative" if place < negative else "positive"
                row = {"label": polarity, "polarity": polarity}
                add_result(connection, "sentiment", run, document, **row)


OCTOBER, NOVEMBER = read_period("2026-10-01", "2026-10-31"), read_period("2026-11-01", "2026-11-30")


def test_periods_are_read() -> None:
    assert Period(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)) == OCTOBER
    exact = read_period("2026-10-01T12:00+02:00", "2026-10-01T11:30")
    assert exact == Period(
        datetime(2026, 10, 1, 10, tzinfo=UTC), datetime(2026, 10, 1, 11, 30, tzinfo=UTC)
    )
    assert not read_period(None, None).is_bounded
    now = datetime(2026, 11, 29, tzinfo=UTC)
    assert OCTOBER.previous(now) == Period(datetime(2026, 8, 31, tzinfo=UTC), OCTOBER.since)
    week = Period(datetime(2026, 11, 22, tzinfo=UTC)).previous(now)
    assert week.since == datetime(2026, 11, 15, tzinfo=UTC)
    for since, until in (("yesterday", None), (None, "2026-13-01"), ("2026-10-02", "2026-10-01")):
        with pytest.raises(ReportError, match="--since|--until"):
            read_period(since, until)
    with pytest.raises(ReportError, match="needs --since"):
        Period().previous(now)


def test_every_share_has_its_interval(engine: Engine) -> None:
    grow(engine)
    (row,) = rows(engine, "sentiment", period=OCTOBER)
    low, high = wilson(21, 52)
    assert (
        row["classified_negative_percent"],
        row["negative_low"],
        row["negative_high"],
    ) == (*(40.4, round(100 * low, 1), round(100 * high, 1)),)
    for report in reports():
        with reading(engine) as connection:
            columns = run_report(connection, report).columns
        shares = [name for name in columns if name.endswith("percent")]
        if report.make_rows is not None or report.make_of_documents is not None:
            continue  # Its shares have intervals of another kind.
        assert shares == [share.column for share in report.shares]
        for share in report.shares:
            place = columns.index(share.column)
            assert columns[place + 1 : place + 3] == (f"{share.stem}_low", f"{share.stem}_high")


def test_period_and_conditions(engine: Engine) -> None:
    autumn, again = seed(engine)
    evening = read_period("2026-10-05T12:00", None)
    assert [row["documents"] for row in rows(engine, "sentiment", period=evening)] == [3]
    (kettle,) = rows(engine, "sentiment-by-product", where=(KETTLE,))
    assert (kettle["product"], kettle["documents"]) == ("Kettle", 2)
    early = read_period(None, "2026-10-05")
    (only,) = rows(engine, "entities", where=(KETTLE,), period=early, limit=1)
    assert (only["entity"], only["documents"], only["positive"]) == ("NIMBUS", 2, 2)
    assert rows(engine, "labels", where=(KETTLE,), run_id=again)[0]["documents"] == 1
    assert rows(engine, "longest-complaints", where=(KETTLE,)) == []


def test_what_is_on_runs_takes_no_documents(engine: Engine) -> None:
    seed(engine)
    refused = set()
    for report in reports():
        with reading(engine) as connection:
            try:
                run_report(connection, report, ReportOptions(where=(KETTLE,)))
            except ReportError as error:
                refused.add(report.name)
                assert "on runs, not on documents: it takes no --since" in str(error)
    assert refused == {
        *("corrected-shares", "dead-letters", "models", "not-analysed"),
        *("run-progress", "runs", "throughput"),
    }


def test_by_time(engine: Engine) -> None:
    grow(engine)
    months = rows(engine, "sentiment", by="month")
    assert [(row["month"], row["documents"], row["negative"]) for row in months] == [
        (date(2026, 10, 1), 52, 21),
        (date(2026, 11, 1), 130, 45),
    ]
    weeks = rows(engine, "sentiment-by-product", by="week", where=(KETTLE,))
    # Mondays; the first of October is a Thursday, the first of November a Sunday.
    assert [row["week"] for row in weeks][:2] == [date(2026, 9, 28), date(2026, 10, 5)]
    assert date(2026, 10, 26) in [row["week"] for row in weeks]
    assert all(row["week"].isoweekday() == 1 for row in weeks)
    days = rows(engine, "sentiment", by="day", period=OCTOBER)
    assert (days[0]["day"], days[0]["documents"]) == (date(2026, 10, 1), 3)


def test_by_metadata(engine: Engine) -> None:
    grow(engine)
    found = rows(engine, "sentiment-by-product", by="metadata.plan.name", period=OCTOBER)
    assert [(row["plan.name"], row["product"], row["documents"]) for row in found] == [
        *(("free", "Kettle", 25), ("free", "Mug", 1), ("pro", "Kettle", 25), ("pro", "Mug", 1)),
    ]
    beta = rows(engine, "sentiment", by="metadata.beta", period=OCTOBER)
    assert {row["beta"]: row["documents"] for row in beta} == {"true": 11, "false": 41}
    none = rows(engine, "sentiment", by="metadata.a'b", period=OCTOBER)
    assert [(row["a'b"], row["documents"]) for row in none] == [(None, 52)]


def test_answers_have_their_share_within_what_they_are_broken_down_by(engine: Engine) -> None:
    autumn, _ = seed(engine)
    found = rows(engine, "answers", by="product", run_id=autumn)
    assert [(row["product"], row["answer"], row["percent"]) for row in found if row["product"]] == [
        *(("Kettle", "refund", 100.0), ("Toaster", "new lid", 50.0)),
        ("Toaster", "new one", 50.0),
    ]


def test_reports_that_can_be_broken_down(engine: Engine) -> None:
    seed(engine)
    able = set()
    for report in reports():
        with reading(engine) as connection:
            try:
                assert "month" in run_report(connection, report, ReportOptions(by="month")).columns
                able.add(report.name)
            except ReportError as error:
                assert "takes no --by" in str(error)
    assert able == BROKEN_DOWN
    for by, words in (("year", "--by must be day, week"), ("product", "is by product already")):
        with pytest.raises(ReportError, match=words):
            rows(engine, "sentiment-by-product", by=by)


def test_against_the_period_before(engine: Engine) -> None:
    grow(engine)
    # November has 30 days: what it is compared with begins on the second of October.
    found = rows(engine, "sentiment-by-product", period=NOVEMBER, against_previous=True)
    kettle = next(row for row in found if row["product"] == "Kettle")
    was = rows(engine, "sentiment-by-product", period=NOVEMBER.previous(datetime.now(UTC)))[0]
    hits, total = was["negative"], was["documents"]
    low, high = newcombe(40, 80, hits, total)
    assert (
        kettle["negative_previous"]
        == was["classified_negative_percent"]
        == round(100 * hits / total, 1)
    )
    assert kettle["negative_change"] == round(50 - 100 * hits / total, 1)
    assert kettle["negative_change_low"] == round(100 * low, 1)
    assert kettle["negative_change_high"] == round(100 * high, 1)
    assert [*kettle].index("negative_previous") == [*kettle].index("negative_high") + 1
    # What was not there before has nothing to be compared with.
    cup = next(row for row in found if row["product"] == "Cup")
    assert (
        cup["negative_previous"],
        cup["negative_change"],
        cup["negative_low"],
    ) == (*(None, None, 4.3),)


def test_against_leaves_the_period_before_whole(engine: Engine) -> None:
    """What is left out and cut off now is compared all the same."""
    grow(engine)
    asked = {"period": NOVEMBER, "against_previous": True}
    whole = rows(engine, "sentiment-by-product", **asked)
    assert rows(engine, "sentiment-by-product", **asked, limit=1, min_documents=60) == whole[:1]


def test_against_needs_a_share_and_a_beginning(engine: Engine) -> None:
    grow(engine)
    for name, options, words in (
        ("sentiment", {}, "needs --since"),
        ("least-certain", {"period": NOVEMBER}, "has no share to compare"),
        ("sentiment", {"period": NOVEMBER, "by": "day"}, "does not go with --by"),
    ):
        with pytest.raises(ReportError, match=words):
            rows(engine, name, against_previous=True, **options)


def test_fewer_documents_are_left_out(engine: Engine) -> None:
    grow(engine)
    found = rows(engine, "sentiment-by-product", min_documents=50)
    assert [row["product"] for row in found] == ["Kettle", "Cup"]
    with pytest.raises(ReportError, match="with a column documents"):
        rows(engine, "least-certain", min_documents=2)


def test_sorted_by_any_column(engine: Engine) -> None:
    grow(engine)

    def products(sort: str, **options: Any) -> list[str]:
        found = rows(engine, "sentiment-by-product", sort=sort, **options)
        return [row["product"] for row in found]

    assert products("documents") == ["Kettle", "Cup", "Mug"]
    assert products("documents:asc", limit=2) == ["Mug", "Cup"]
    # Surely bad first: not what has two documents. The interval is not the database's.
    assert products("classified_negative_percent") == ["Mug", "Kettle", "Cup"]
    assert products("negative_low") == ["Kettle", "Mug", "Cup"]
    assert products("negative_high:asc", limit=1) == ["Cup"]
    with reading(engine) as connection, pytest.raises(ReportError, match="no column 'worst', but"):
        run_report(connection, find_report("sentiment"), ReportOptions(sort="worst"))
    with pytest.raises(ReportError, match="--sort takes a column"):
        products("documents:down")
    # A column that we count with cannot be asked for.
    with pytest.raises(ReportError, match="no column '_known'"):
        products("_known")


def test_documents_without_a_time_are_in_no_period(engine: Engine) -> None:
    seed(engine)
    everything = Period(datetime(1900, 1, 1, tzinfo=UTC))
    assert rows(engine, "sentiment", period=everything)[0]["documents"] == 4
