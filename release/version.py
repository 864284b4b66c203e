"""The version: it stands in pyproject.toml; the manifests of Kubernetes name images by it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.version import InvalidVersion, Version

from release.errors import ReleaseError

#: Files with the version, from the root; the first one is where it is read.
PROJECT = "pyproject.toml"
MANIFEST = "docker/k8s/kustomization.yaml"

_IN_PROJECT = re.compile(r'^(\[project\]\n(?:(?!\[).*\n)*?version = ")[^"\n]*(")', re.M)
_IN_MANIFEST = re.compile(r"(newTag: )[^\s}]+")


def current_version(root: Path) -> Version:
    """The version that pyproject.toml says."""
    return Version(tomllib.loads((root / PROJECT).read_text("utf-8"))["project"]["version"])


def image_tags(root: Path) -> set[str]:
    """The tags of images that the manifests of Kubernetes name."""
    return {
        found.removeprefix("newTag: ")
        for found in re.findall(r"newTag: [^\s}]+", (root / MANIFEST).read_text("utf-8"))
    }


def newer_version(wanted: str, current: Version) -> Version:
    """Read the version of a release.

    Raises:
        ReleaseError: If it is none of the form x.y.z or x.y.zrcN, or not newer than the current.
    """
    try:
        version = Version(wanted)
    except InvalidVersion:
        version = None
    usual = version is not None and re.fullmatch(r"\d+\.\d+\.\d+(rc\d+)?", wanted)
    if version is None or not usual or str(version) != wanted:
        raise ReleaseError(f"“{wanted}” is no version; name one like 1.4.0, or 1.4.0rc1")
    if version <= current:
        raise ReleaseError(f"{wanted} is not newer than {current}, which pyproject.toml says")
    return version


def set_version(root: Path, version: Version) -> None:
    """Write the version wherever it stands."""
    for path, place in ((PROJECT, _IN_PROJECT), (MANIFEST, _IN_MANIFEST)):
        before = (root / path).read_text("utf-8")
        after, count = place.subn(lambda found: _with(found, version), before)
        if not count:
            raise ReleaseError(f"{path} has no version to set; see release/version.py")
        (root / path).write_text(after, "utf-8")


def _with(found: re.Match[str], version: Version) -> str:
    first, *rest = found.groups()
    return f"{first}{version}{''.join(rest)}"
