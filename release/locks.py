"""Lock files: every package that an installation needs, for every platform, with its hashes.

constraints.txt says which versions; a lock also says which files, so that whoever installs with
`pip install --require-hashes` gets those that were locked, or nothing.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.commands import run

FOLDER = "locks"
CONSTRAINTS = "constraints.txt"
#: The oldest Python that locks are made for, as pyproject.toml has it.
OLDEST_PYTHON = "3.11"
#: The lock of what builds the project, and nothing else.
BUILD = "build"
#: Of every other lock the extras of the project that it is for.
LOCKS: Mapping[str, tuple[str, ...]] = {
    # The console, what it serves, and Flower: no torch.
    "producer": ("postgres", "flower", "serve", "remote"),
    # What computes: with the build of torch that PyPI has, on Linux for CUDA.
    "worker": ("postgres", "remote", "worker", "adapters", "evaluate", "train"),
}


@dataclass(frozen=True, slots=True)
class Locked:
    """A package in a lock file.

    Attributes:
        name: In its canonical form, lower case with hyphens.
        version: The only one.
        marker: Where it is installed; None for everywhere.
        hashes: SHA-256 of each file that it may be installed from.
    """

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]


def write_locks(root: Path) -> None:
    """Write all lock files by what pyproject.toml wants and constraints.txt pins; asks PyPI."""
    (root / FOLDER).mkdir(exist_ok=True)
    for name, extras in LOCKS.items():
        _compile(root, name, "pyproject.toml", *(f"--extra={extra}" for extra in extras))
    wanted = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    needs = root / FOLDER / f"{BUILD}.in"
    needs.write_text("".join(f"{requirement}\n" for requirement in wanted), "utf-8")
    try:
        _compile(root, BUILD, f"{FOLDER}/{BUILD}.in")
    finally:
        needs.unlink()


def _compile(root: Path, name: str, source: str, *options: str) -> None:
    run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"),
            *("--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-annotate"),
            *("--custom-compile-command", "make lock", "--constraints", CONSTRAINTS),
            *(*options, source, "--output-file", f"{FOLDER}/{name}.txt"),
        ],
        folder=root,
    )


def read_lock(text: str) -> Iterator[Locked]:
    """The packages of a lock file."""
    for entry in re.sub(r"^\s*#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines():
        stated, *hashes = entry.split("--hash=sha256:")
        if stated.strip():
            requirement = Requirement(stated.strip())
            (specifier,) = requirement.specifier
            yield Locked(
                canonicalize_name(requirement.name),
                specifier.version,
                requirement.marker,
                tuple(digest.strip() for digest in hashes),
            )


def lock_faults(lock: str, constraints: str) -> list[str]:
    """Where a lock file is not what constraints.txt says; empty if nowhere.

    Packages that constraints.txt does not name are those of other platforms than its own.
    """
    pinned: dict[str, str] = {
        canonicalize_name(line.partition("==")[0]): line.partition("==")[2].strip()
        for line in constraints.splitlines()
        if "==" in line
    }
    faults = []
    for package in read_lock(lock):
        if (wanted := pinned.get(package.name, package.version)) != package.version:
            faults.append(f"{package.name} {package.version} is locked, {wanted} is pinned")
        if not package.hashes:
            faults.append(f"{package.name} has no hash")
    return faults


def unlocked(lock: str, extras: tuple[str, ...], root: Path) -> list[str]:
    """What the project wants with these extras and a lock does not have, or has too old or new."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    versions = {package.name: package.version for package in read_lock(lock)}
    wanted = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    return [
        line
        for line in wanted
        if versions.get(canonicalize_name((needed := Requirement(line)).name)) is None
        or not needed.specifier.contains(versions[canonicalize_name(needed.name)])
    ]
