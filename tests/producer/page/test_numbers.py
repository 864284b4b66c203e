"""How figures are written."""

from __future__ import annotations

import pytest

from producer.page.numbers import change, percent, percent_range, signed, signed_range
from schema.insights import Interval
from schema.questions.figures import Change


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (0.0, "0 %"), (0.014, "1.4 %"), (0.0996, "10 %"), (0.384, "38 %")],
)
def test_a_share_has_no_more_digits_than_it_bears(share: float | None, said: str) -> None:
    assert percent(share) == said


def test_where_a_share_lies() -> None:
    assert percent_range(Interval(0.008, 0.025)) == "0.8 to 2.5 %"
    assert percent_range(Interval(0.34, 0.412)) == "34 to 41 %"
    assert percent_range(None) == "–"


def test_a_sign_is_always_there_but_of_nothing() -> None:
    assert [signed(-2.06, 1), signed(3), signed(0.04, 1)] == ["−2.1", "+3", "0.0"]


def test_an_end_that_is_nearly_nothing_says_on_which_side() -> None:
    assert signed_range(Interval(0.003, 0.2), 100) == "+0.3 to +20.0"
    assert signed_range(Interval(-0.05, 0.2), 100) == "−5 to +20"


def test_a_change_without_anything_before_says_so() -> None:
    assert change(Change(None, None, None), "share") == "nothing before to compare with"
    assert change(Change(0.3, 0.1, Interval(0.02, 0.18)), "share") == "+10 points (+2 to +18)"
    assert change(Change(4.0, -0.39, None), "stars") == "−0.39 stars"
