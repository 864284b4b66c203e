"""`make release`: from a clean tree to a tagged commit and checked archives, or back to before."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from release import building, trial
from release.bill import write_bill
from release.changelog import CHANGELOG, date_section, unreleased
from release.repository import add_tag, commit, refuse_changes, refuse_tag
from release.version import MANIFEST, PROJECT, current_version, newer_version, set_version

#: Where archives are put, from the root; git ignores it.
FINISHED = "dist"
#: Files that a release changes, from the root.
CHANGED = (PROJECT, MANIFEST, CHANGELOG)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How archives are made and tried.

    Attributes:
        root: The repository.
        pythons: Interpreters to install the wheel for; the first one's packages are the bill.
        report: Takes a line for each step that is done.
    """

    root: Path
    pythons: Sequence[str]
    report: Report

    def make(self, version: Version) -> Path:
        """Build, check and try what git tracks, as it stands now.

        Returns:
            The folder with wheel, source distribution, bill of materials and their hashes.

        Raises:
            ReleaseError: If something is wrong with it; the folder is then as it was.
        """
        with building.built(self.root, version) as archives:
            self.report(f"built and checked: {_sizes(archives)}")
            bill = archives.wheel.with_name(f"feedback_triage-{version}.cdx.json")
            for python in self.pythons:
                with trial.installed(
                    archives.wheel, python, self.root / "constraints.txt"
                ) as place:
                    trial.use(place, version)
                    if not bill.exists():
                        write_bill(place, self.root, bill)
                self.report(f"installed and used with {python}")
            return self._keep([archives.wheel, archives.source, bill])

    def _keep(self, files: Sequence[Path]) -> Path:
        folder = self.root / FINISHED
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file in files:
            shutil.copy2(file, folder)
        (folder / "SHA256SUMS").write_text(_hashes(files), "utf-8")
        return folder


def make_release(wanted: str, distribution: Distribution, day: datetime.date) -> Version:
    """Make a release of what is committed; nothing is pushed.

    Raises:
        ReleaseError: If it cannot be released; the tree is then as it was.
    """
    root = distribution.root
    refuse_changes(root)
    version = newer_version(wanted, current_version(root))
    tag = f"v{version}"
    refuse_tag(root, tag)
    unreleased((root / CHANGELOG).read_text("utf-8"))
    with _undone_on_failure(root):
        set_version(root, version)
        date_section(root, version, day)
        distribution.make(version)
        commit(root, CHANGED, f"Release {version}")
    add_tag(root, tag, f"Feedback Triage {version}")
    return version


@contextmanager
def _undone_on_failure(root: Path) -> Iterator[None]:
    """Give the changed files back what was in them if anything fails, Ctrl-C too."""
    before = {path: (root / path).read_bytes() for path in CHANGED}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            (root / path).write_bytes(content)
        raise


def _sizes(archives: building.Archives) -> str:
    return ", ".join(
        f"{path.name} ({path.stat().st_size / 1e6:.1f} MB)"
        for path in (archives.wheel, archives.source)
    )


def _hashes(files: Sequence[Path]) -> str:
    """The SHA-256 of each file, in the form that `sha256sum --check` reads."""
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files
    )
