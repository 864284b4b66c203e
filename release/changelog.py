"""CHANGELOG.md: what stands under “Unreleased” becomes the section of a version."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from packaging.version import Version

from release.errors import ReleaseError

CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## Unreleased"


def unreleased(text: str) -> str:
    """What stands under “Unreleased”, without its heading.

    Raises:
        ReleaseError: If there is no such section, or no line in it but headings.
    """
    found = re.search(rf"^{UNRELEASED}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not found:
        raise ReleaseError(f"{CHANGELOG} has no section “{UNRELEASED}”; add it above the others")
    lines = [line for line in found[1].splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise ReleaseError(f"nothing is under “{UNRELEASED}” in {CHANGELOG}; say what is new")
    return found[1].strip()


def date_section(root: Path, version: Version, day: datetime.date) -> None:
    """Give what is unreleased the version and the day; an empty “Unreleased” stays above it.

    Raises:
        ReleaseError: If nothing is unreleased, or the version has a section already.
    """
    path = root / CHANGELOG
    text = path.read_text("utf-8")
    unreleased(text)
    if re.search(rf"^## {re.escape(str(version))}( |$)", text, re.M):
        raise ReleaseError(f"{CHANGELOG} has a section {version} already; name a newer version")
    dated = f"{UNRELEASED}\n\n## {version} ({day.isoformat()})\n"
    path.write_text(text.replace(f"{UNRELEASED}\n", dated, 1), "utf-8")
