"""What has to be in a wheel and in a source distribution, and what may not be.

Every file of the packages that git tracks is in both, byte for byte, and nothing else but what
describes the package: so a template that `package-data` forgets is found, and so is a test or a
cache that came along.
"""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from email.parser import Parser
from pathlib import Path, PurePosixPath

from packaging.version import Version

#: What is installed.
PACKAGES = ("feedback_triage", "producer", "schema", "workers")
#: Besides the packages, files of the root that a source distribution needs to be built again.
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "MANIFEST.in")
#: The folder of the models, whose files may be large, …
MODELS = "workers/pocket/"
#: … and bytes that another file may have at most.
MAX_FILE_BYTES = 2**20
#: Bytes of a wheel or a source distribution: PyPI takes no larger file.
MAX_ARCHIVE_BYTES = 100 * 10**6
#: Names of files and folders that are nobody's product.
JUNK = re.compile(
    r"(^|/)(__pycache__|tests?|conftest\.py|test_[^/]*\.py|build|\.[^/]+)(/|$)|\.(pyc|so|log|db)$"
)

_METADATA = re.compile(r"^[^/]+\.dist-info/")
_LICENCES = ("LICENSE", "NOTICE")
#: What setuptools itself puts beside the sources.
_GENERATED = re.compile(r"^(PKG-INFO|setup\.cfg|feedback_triage\.egg-info/[^/]+)$")


def wheel_faults(wheel: Path, root: Path, tracked: Iterable[str], version: Version) -> list[str]:
    """What is wrong with a wheel; empty if nothing is.

    Args:
        root: Where the tracked files lie.
        tracked: Their paths from there.
    """
    with zipfile.ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
    packed = {name: content for name, content in inside.items() if not _METADATA.match(name)}
    described = {
        PurePosixPath(name).relative_to(PurePosixPath(name).parts[0]).as_posix(): content
        for name, content in inside.items()
        if name not in packed
    }
    wanted = (path for path in tracked if path.startswith(tuple(f"{p}/" for p in PACKAGES)))
    return [
        *archive_faults(wheel),
        *content_faults(packed, root, wanted),
        *metadata_faults(described.get("METADATA", b"").decode(), version),
        *(
            f"{name} is not among the licences of the wheel"
            for name in _LICENCES
            if f"licenses/{name}" not in described
        ),
        *(
            ["the wheel installs no command triage"]
            if b"triage = " not in described.get("entry_points.txt", b"")
            else []
        ),
    ]


def source_faults(source: Path, root: Path, tracked: Iterable[str], version: Version) -> list[str]:
    """What is wrong with a source distribution; empty if nothing is."""
    inside = {}
    with tarfile.open(source) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                inside[member.name.partition("/")[2]] = file.read()
    packed = {name: content for name, content in inside.items() if not _GENERATED.match(name)}
    beginnings = tuple(f"{package}/" for package in PACKAGES)
    wanted = (path for path in tracked if path.startswith(beginnings) or path in SOURCES)
    return [
        *archive_faults(source),
        *content_faults(packed, root, wanted),
        *metadata_faults(inside.get("PKG-INFO", b"").decode(), version),
    ]


def archive_faults(archive: Path) -> list[str]:
    """Whether a file is larger than a registry takes."""
    size = archive.stat().st_size
    if size <= MAX_ARCHIVE_BYTES:
        return []
    return [f"{archive.name} has {size:,} bytes, and may have {MAX_ARCHIVE_BYTES:,}"]


def content_faults(packed: Mapping[str, bytes], root: Path, wanted: Iterable[str]) -> list[str]:
    """Where the files of an archive are not those of the project.

    Args:
        packed: Their contents by their paths from the root.
    """
    expected = set(wanted)
    faults = [
        f"{path} is missing: see package-data in pyproject.toml"
        for path in expected - packed.keys()
    ]
    for path, content in packed.items():
        if path not in expected:
            faults.append(f"{path} does not belong there")
        elif content != (root / path).read_bytes():
            faults.append(f"{path} is not as it stands in the project")
        if JUNK.search(path):
            faults.append(f"{path} is a test, a cache or the like")
        if len(content) > MAX_FILE_BYTES and not path.startswith(MODELS):
            faults.append(f"{path} has {len(content):,} bytes, and may have {MAX_FILE_BYTES:,}")
    return sorted(faults)


def metadata_faults(metadata: str, version: Version) -> list[str]:
    """Where a package says something else of itself than it should."""
    said = Parser().parsestr(metadata, headersonly=True)
    expected = {
        "Name": "feedback-triage",
        "Version": str(version),
        "License-Expression": "Apache-2.0",
    }
    return [
        f"the metadata say {field}: {said[field]}, and should say {value}"
        for field, value in expected.items()
        if said[field] != value
    ]
