"""The changelog: what is unreleased gets its version and day."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from packaging.version import Version

from release.changelog import CHANGELOG, date_section, unreleased
from release.errors import ReleaseError

DAY = datetime.date(2026, 12, 1)


def test_what_is_unreleased_gets_its_version_and_day(project: Path) -> None:
    date_section(project, Version("0.2.0"), DAY)
    assert (
        (project / CHANGELOG)
        .read_text("utf-8")
        .startswith(
            "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n### For who runs it\n"
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "## Unreleased\n\n## 0.1.0\n- Old.\n",
        "## Unreleased\n\n### For who runs it\n\n## 0.1.0\n- Old.\n",
        "## 0.1.0\n- Old.\n",
        "",
    ],
)
def test_a_changelog_without_news_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="Unreleased"):
        unreleased(text)


def test_a_version_that_has_a_section_is_refused(project: Path) -> None:
    with pytest.raises(ReleaseError, match=r"a section 0\.1\.0 already"):
        date_section(project, Version("0.1.0"), DAY)
