"""A release is refused, or made whole, or leaves the tree as it was."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import pytest

from release.errors import ReleaseError
from release.making import Distribution, make_release
from tests.release.conftest import git

DAY = datetime.date(2026, 12, 1)


def test_a_tree_with_changes_is_refused(project: Path) -> None:
    (project / "producer" / "__init__.py").write_text("")
    with pytest.raises(ReleaseError, match="not committed: producer/__init__.py"):
        release(project, "0.2.0")


def test_a_tree_with_a_file_that_git_does_not_know_is_refused(project: Path) -> None:
    (project / "producer" / "draft.py").write_text("")
    with pytest.raises(ReleaseError, match="not committed: producer/draft.py"):
        release(project, "0.2.0")


def test_a_version_that_is_not_newer_is_refused(project: Path) -> None:
    with pytest.raises(ReleaseError, match="not newer"):
        release(project, "0.1.0")


def test_a_tag_that_is_taken_is_refused(project: Path) -> None:
    git(project, "tag", "v0.2.0")
    with pytest.raises(ReleaseError, match=r"a tag v0\.2\.0 already"):
        release(project, "0.2.0")


def test_a_release_without_news_is_refused(project: Path) -> None:
    (project / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 0.1.0\n- Old.\n")
    git(project, "commit", "--quiet", "--all", "--message", "No news")
    with pytest.raises(ReleaseError, match="nothing is under"):
        release(project, "0.2.0")


def test_a_release_that_cannot_be_built_leaves_the_tree_as_it_was(project: Path) -> None:
    """The project has no lock for its build."""
    before = git(project, "rev-parse", "HEAD")
    with pytest.raises(ReleaseError, match="uv build"):
        release(project, "0.2.0")
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "rev-parse", "HEAD") == before
    assert git(project, "tag") == ""
    assert not (project / "dist").exists()


def release(project: Path, version: str) -> None:
    make_release(version, Distribution(project, [sys.executable], print), DAY)
