from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.ingest.validation.timestamps import TimestampParser

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


@given(written=st.text(max_size=20) | st.integers() | st.floats())
def test_anything_is_a_time_or_a_value_error(written: object) -> None:
    try:
        moment = TimestampParser([]).read(written)
    except ValueError:
        return
    assert moment is None or moment.tzinfo is UTC
