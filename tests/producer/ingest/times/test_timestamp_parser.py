from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.ingest.times.other_forms import MOST_FAILURES, OtherForms
from producer.ingest.times.timestamp_parser import (
    DayOrder,
    TimestampParser,
    is_clock,
    is_day,
)
from producer.ingest.times.written_times import DAY_FIRST, MONTH_FIRST

MOMENT = datetime(2026, 10, 5, 15, 3, 10, tzinfo=UTC)
DAY = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-10-05T15:03:10Z", MOMENT),
        (" 2026-10-05 15:03:10 ", MOMENT),
        ("2026-10-05T17:03:10+02:00", MOMENT),
        ("2026-10-05 15:03:10 UTC", MOMENT),
        ("2026-10-05 17:03:10 +0200", MOMENT),
        ("20261005150310", MOMENT),
        ("Mon, 05 Oct 2026 17:03:10 +0200", MOMENT),
        ("Mon Oct 05 15:03:10 +0000 2026", MOMENT),
        ("05.10.2026 15:03:10", MOMENT),
        ("Oct 5, 2026, 3:03 PM", MOMENT.replace(second=0)),
        ("2026-10-05", DAY),
        ("20261005", DAY),
        ("2026/10/05", DAY),
        ("5.10.2026", DAY),
        ("5 October 2026", DAY),
        ("Oct 5, 2026", DAY),
        ("10 5, 2026", DAY),
        ("1791212590", MOMENT),
        ("1791212590.0", MOMENT),
        ("1791212590000", MOMENT),
        ("1791212590000000", MOMENT),
        ("1791212590000000000", MOMENT),
        (1791212590, MOMENT),
        (1791212590000.0, MOMENT),
        (Decimal("1791212590"), MOMENT),
        (20261005, DAY),
        (datetime(2026, 10, 5, 15, 3, 10), MOMENT),
        (MOMENT.astimezone(timezone(timedelta(hours=-7))), MOMENT),
        (date(2026, 10, 5), DAY),
        ("", None),
        ("nan", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_forms(written: object, moment: datetime | None) -> None:
    assert TimestampParser([]).read(written) == moment


@pytest.mark.parametrize(
    "written",
    ["yesterday", "2026-13-01", "2026", 5, "12", "0001-01-01T00:00:00+05:00", True, [2026], "1e9",
     "31.02.2026", float("inf"), -5, "9" * 40, "2026-10-05T25:00:00", "00:00", b"2026-10-05"],
)  # fmt: skip
def test_what_is_no_time(written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        TimestampParser([]).read(written)


MINUTE = datetime(2026, 3, 14, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("3/14/2026 3:12 PM", MINUTE),
        ("3/14/26 15:12", MINUTE),
        ("14.03.26, 15:12 Uhr", MINUTE),
        ("14-03-2026 03:12:00 p. m.", MINUTE),
        ("2026/03/14 4:12:00 PM GMT+1", MINUTE),
        ("2026-03-14 07:12:00 PST", MINUTE),
        ("2026-03-14 08:12:00 PDT", MINUTE),
        ("Sat Mar 14 2026 08:12:00 GMT-0700 (Pacific Daylight Time)", MINUTE),
        ("14 Mar 2026 16:12 Europe/Berlin", MINUTE),
        ("Saturday, March 14th, 2026 at 3:12 pm", MINUTE),
        ("Samstag, 14. März 2026 um 15:12 Uhr", MINUTE),
        ("sam. 14 mars 2026 à 15h12", MINUTE),
        ("14 de marzo de 2026, 15:12", MINUTE),
        ("15:12, 14 March 2026", MINUTE),
        ("14-Mar-26 3:12 PM", MINUTE),
        ("14 mars 2026 à 16:12 MEZ", MINUTE),
        ("Mar\u202f14, 2026, 3:12\u202fPM", MINUTE),
        ("2026-03-14 15:12:00.000000 UTC", MINUTE),
        ("2026-3-14 15:12", MINUTE),
        ("1er mars 2026", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026年3月14日", datetime(2026, 3, 14, tzinfo=UTC)),
        ("12/31/99", datetime(1999, 12, 31, tzinfo=UTC)),
        ("Reviewed in the United States on March 14, 2026", datetime(2026, 3, 14, tzinfo=UTC)),
        # By dateparser.
        ("14 марта 2026 г. 15:12", MINUTE),
        ("14 marca 2026", datetime(2026, 3, 14, tzinfo=UTC)),
    ],
)
def test_forms_of_people(written: str, moment: datetime) -> None:
    assert TimestampParser([]).read(written) == moment


@pytest.mark.parametrize(
    "written",
    ["2 weeks ago", "a year ago", "yesterday 14:00", "March 2026", "14 March", "14:32",
     "13/13/2026", "14 March 2026 25:00", "14 March 2026 13:00 AM", "2026-03-14 10:00 XQZ",
     "Mon, 16 Mar 2026 10:00:00 XQZ", "in 3 days", "n/a?",
     "30 February 2026", "first of 2 in 2026", "03 04 05", "1 2", "x" * 500 + "14 March 2026"],
)  # fmt: skip
def test_nothing_is_guessed(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        TimestampParser([]).read(written)


@pytest.mark.parametrize("written", ["N/A", "-", "k.A.", "\u200b"])
def test_what_says_nothing_is_no_time(written: str) -> None:
    assert TimestampParser([]).read(written) is None


def test_days_of_a_spreadsheet_where_the_column_has_them() -> None:
    sheet = TimestampParser(["46095.5", 46097.25, "46000", "?"])
    assert sheet.read("46095.5") == datetime(2026, 3, 14, 12, tzinfo=UTC)
    assert sheet.read(46095.333333333336) == datetime(2026, 3, 14, 8, tzinfo=UTC)
    for sample in ([], ["46095.5", "1773482400"], ["46095", "x", "y"], ["46095", "7"]):
        with pytest.raises(ValueError, match="not a number of seconds"):
            TimestampParser(sample).read("46095.5")


def test_the_user_knows_the_order_of_day_and_month() -> None:
    for order, month in ((DAY_FIRST, 4), (MONTH_FIRST, 3)):
        times = TimestampParser([], DayOrder(order))
        for written in ("03/04/2026", "03-04-26", "03.04.2026", "03/04/2026 10:00 AM"):
            moment = times.read(written)
            assert moment is not None
            assert moment.month == month
    assert times.contradictions == 0


def test_a_contradiction_is_read_and_counted() -> None:
    times = TimestampParser(["25/12/2026"])
    assert times.read("12/25/2026") == datetime(2026, 12, 25, tzinfo=UTC)
    assert times.contradictions == 1


def test_full_stops_mean_that_the_day_comes_first() -> None:
    assert TimestampParser(["12/25/2026"]).read("03.04.2026").month == 3  # type: ignore[union-attr]
    assert TimestampParser([]).read("03.04.2026").month == 4  # type: ignore[union-attr]


def test_what_is_usual_counts_where_nothing_shows_the_order() -> None:
    order = DayOrder(usual=MONTH_FIRST)
    order.see("03/04/2026 10:00")
    assert (order.order, order.settled, order.ambiguous) == (MONTH_FIRST, False, True)
    order.see("25/04/2026")
    assert (order.order, order.settled) == (DAY_FIRST, True)


def test_a_clock_in_a_column_of_its_own() -> None:
    times = TimestampParser([])
    for day, clock in (
        ("2026-03-14", "3:12 pm"),
        ("14.03.2026", "15:12 Uhr"),
        ("March 14, 2026", "15:12"),
        (date(2026, 3, 14), time(15, 12)),
        ("14 March 2026", time(15, 12)),
    ):
        assert times.read(day, clock) == MINUTE
    assert times.read("2026-03-14", "?") == datetime(2026, 3, 14, tzinfo=UTC)
    assert times.read("2026-03-14 15:12", "10:00") == MINUTE


@pytest.mark.parametrize("written", ["14:32", "9 am", "9:05 p.m.", "14h32", "14:32:05.5 Uhr"])
def test_clocks(written: str) -> None:
    assert is_clock(written)
    assert not is_clock(f"2026-03-14 {written}")
    assert not is_day(f"2026-03-14 {written}")


def test_a_form_that_nobody_can_read_is_learned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    learned = []
    monkeypatch.setattr(OtherForms, "_learn", lambda _self, text: learned.append(text))
    times = TimestampParser([])
    for number in range(10, 90):
        for form in ("{} blurb 2026", "{} blurb 2026"):
            with pytest.raises(ValueError, match="no form"):
                times.read(form.format(number))
    assert learned == ["10 blurb 2026"]
    for number in range(100):
        with pytest.raises(ValueError, match="no form"):
            times.read(f"{'x' * (number % 60)} blurb 12 2026")
    assert len(learned) == MOST_FAILURES


def test_slashes_are_read_as_the_column_shows() -> None:
    assert TimestampParser(["03/04/2026", "25/12/2026"]).read("05/10/2026") == DAY
    assert TimestampParser(["03/04/2026", "12/25/2026 10:00"]).read("10/05/2026") == DAY
    for unclear in (["03/04/2026"], ["25/12/2026", "12/25/2026"]):
        with pytest.raises(ValueError, match="day and month cannot be told apart"):
            TimestampParser(unclear).read("10/05/2026")


@given(moment=st.datetimes(timezones=st.timezones() | st.none()))
def test_iso_8601_is_read_exactly(moment: datetime) -> None:
    try:
        expected = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return
    assert TimestampParser([]).read(moment.isoformat()) == expected


# The first form that we do not know costs the import of dateparser.
@settings(deadline=None)
@given(written=st.text(max_size=20) | st.integers() | st.floats())
def test_anything_is_a_time_or_a_value_error(written: object) -> None:
    try:
        moment = TimestampParser([]).read(written)
    except ValueError:
        return
    assert moment is None or moment.tzinfo is UTC
