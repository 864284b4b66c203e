"""The bill of materials (CycloneDX) of an installed wheel: packages, versions, licences."""

from __future__ import annotations

import sys
from pathlib import Path

from release.commands import run


def write_bill(binaries: Path, root: Path, output: Path) -> None:
    """Write what is installed in an environment, as JSON, the same each time.

    Args:
        binaries: The environment's `bin`.
        root: The project, whose pyproject.toml names the package that it is all for.
    """
    made: list[str | Path] = [
        *(sys.executable, "-m", "cyclonedx_py", "environment", binaries / "python"),
        *("--pyproject", root / "pyproject.toml", "--mc-type", "application"),
        *("--output-reproducible", "--output-format", "JSON", "--output-file", output),
    ]
    run(made, folder=root)
