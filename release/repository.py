"""The git repository that a release is made from. Nothing here pushes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from release.commands import run
from release.errors import ReleaseError


def tracked_files(root: Path) -> list[str]:
    """Paths of all files that git tracks, from the root, with slashes."""
    listed = run(["git", "ls-files", "-z", "--cached"], folder=root)
    return sorted(path for path in listed.split("\0") if path)


def refuse_changes(root: Path) -> None:
    """Check that the tree is what the last commit says.

    Raises:
        ReleaseError: If a file is changed, or is neither tracked nor ignored.
    """
    changed = run(["git", "status", "--porcelain"], folder=root).splitlines()
    if changed:
        named = ", ".join(line[3:] for line in changed[:5])
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        raise ReleaseError(f"commit, stash or remove what is not committed: {named}{more}")


def refuse_tag(root: Path, tag: str) -> None:
    """Check that a tag is free.

    Raises:
        ReleaseError: If there is such a tag.
    """
    if run(["git", "tag", "--list", tag], folder=root).strip():
        raise ReleaseError(f"there is a tag {tag} already; name a newer version")


def export(root: Path, folder: Path) -> None:
    """Copy all tracked files as they are now; what git ignores, or does not know, stays behind.

    A build in the tree itself would take along caches, and what an earlier build left in `build/`.
    """
    for path in tracked_files(root):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, folder / path)


def commit_time(root: Path) -> int:
    """When the last commit was made, in seconds since 1970."""
    return int(run(["git", "log", "-1", "--format=%ct"], folder=root))


def commit(root: Path, paths: Sequence[str], message: str) -> None:
    """Commit these files as they are, and nothing else."""
    run(["git", "commit", "--quiet", "--message", message, "--", *paths], folder=root)


def add_tag(root: Path, tag: str, message: str) -> None:
    """Put an annotated tag on the last commit."""
    run(["git", "tag", "--annotate", tag, "--message", message], folder=root)
