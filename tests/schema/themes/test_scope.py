"""A scope is written so that it can be read again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schema.themes.scope import ThemeScope

SINCE = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (ThemeScope(), "all"),
        (ThemeScope((3, 11)), "runs 3,11"),
        (ThemeScope(since=SINCE), "all since 2026-03-01 12:30:00"),
        (ThemeScope((3,), SINCE), "runs 3 since 2026-03-01 12:30:00"),
    ],
)
def test_it_is_written_and_read(scope: ThemeScope, said: str) -> None:
    assert str(scope) == said and ThemeScope.parse(said) == scope


def test_the_order_of_runs_does_not_matter() -> None:
    assert str(ThemeScope((11, 3, 3))) == str(ThemeScope((3, 11)))
