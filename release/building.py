"""A wheel and a source distribution, made by `uv build`, and checked."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from release.commands import run
from release.contents import source_faults, wheel_faults
from release.errors import ReleaseError
from release.repository import commit_time, export, tracked_files

#: What the build itself needs, with hashes; see release/locks.py.
BUILD_LOCK = "locks/build.txt"


@dataclass(frozen=True, slots=True)
class Archives:
    """What a release consists of.

    Attributes:
        wheel: What is installed.
        source: What a wheel can be built from.
    """

    wheel: Path
    source: Path


@contextmanager
def built(root: Path, version: Version) -> Iterator[Archives]:
    """Build what git tracks, as it stands now, in a temporary folder.

    The wheel is built from the source distribution, so that both are complete. Times inside of
    them are those of the last commit: whoever builds the same commit gets the same bytes.

    Raises:
        ReleaseError: If it cannot be built, or holds too much, or too little.
    """
    with tempfile.TemporaryDirectory(prefix="triage-release-") as made:
        sources, archives = Path(made, "sources"), Path(made, "dist")
        export(root, sources)
        run(
            [
                *(sys.executable, "-m", "uv", "build", "--quiet", "--python", sys.executable),
                *("--build-constraints", BUILD_LOCK, "--require-hashes", "--out-dir", archives),
            ],
            folder=sources,
            environment={**os.environ, "SOURCE_DATE_EPOCH": str(commit_time(root))},
        )
        (wheel,) = archives.glob("*.whl")
        (source,) = archives.glob("*.tar.gz")
        found = Archives(wheel, source)
        refuse_faults(found, sources, tracked_files(root), version)
        yield found


def refuse_faults(archives: Archives, root: Path, tracked: list[str], version: Version) -> None:
    """Check what was built.

    Raises:
        ReleaseError: With all that is wrong with it.
    """
    faults = [
        *(f"wheel: {fault}" for fault in wheel_faults(archives.wheel, root, tracked, version)),
        *(f"sdist: {fault}" for fault in source_faults(archives.source, root, tracked, version)),
    ]
    if faults:
        raise ReleaseError("\n".join(["what was built cannot be released:", *faults]))
    # How PyPI would show the README; a warning is an error.
    run([sys.executable, "-m", "twine", "check", "--strict", *_paths(archives)], folder=root)


def _paths(archives: Archives) -> list[Path]:
    return [archives.wheel, archives.source]
