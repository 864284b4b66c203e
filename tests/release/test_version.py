"""The version: newer than the one before, and the same wherever it stands."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from packaging.version import Version

from release.errors import ReleaseError
from release.version import current_version, image_tags, newer_version, set_version

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("wanted", ["0.1.1", "0.2.0", "1.0.0rc1", "10.0.0"])
def test_a_newer_version_is_taken(wanted: str) -> None:
    assert newer_version(wanted, Version("0.1.0")) == Version(wanted)


@pytest.mark.parametrize("wanted", ["0.1.0", "0.0.9", "0.1.0rc1"])
def test_a_version_that_is_not_newer_is_refused(wanted: str) -> None:
    with pytest.raises(ReleaseError, match="not newer than 0.1.0"):
        newer_version(wanted, Version("0.1.0"))


@pytest.mark.parametrize(
    "wanted", ["", "1.0", "v1.0.0", "1.0.0.dev1", "01.0.0", "new", "1.0.0+cpu"]
)
def test_what_is_no_version_is_refused(wanted: str) -> None:
    with pytest.raises(ReleaseError, match="no version"):
        newer_version(wanted, Version("0.1.0"))


def test_the_version_is_set_wherever_it_stands_and_nowhere_else(project: Path) -> None:
    set_version(project, Version("0.2.0"))
    assert current_version(project) == Version("0.2.0")
    assert image_tags(project) == {"0.2.0"}
    assert 'version = "9.9.9"' in (project / "pyproject.toml").read_text("utf-8")


def test_the_manifests_name_images_of_this_version() -> None:
    assert image_tags(ROOT) == {str(current_version(ROOT))}


def test_the_command_says_the_version_of_the_project() -> None:
    assert metadata.version("feedback-triage") == str(current_version(ROOT)), (
        "the environment has another version: remove .venv/.dev, and run make test again"
    )
