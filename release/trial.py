"""A wheel is tried as its users would: installed into an empty environment, and run there.

The environment has the dependencies of the base alone, in the versions of constraints.txt: no
torch, no server. Whatever a command imports without saying so in pyproject.toml is missed here.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from packaging.version import Version

from release.commands import run
from release.errors import ReleaseError

#: What is ingested: three ratings of two products.
FEEDBACK = """\
id,text,rating,product,created_at
1,The zip broke after two days.,1,Jacket,2026-03-02
2,Fits well and keeps warm.,5,Jacket,2026-03-03
3,The parcel came late.,2,Lamp,2026-03-09
"""
#: Packages that the base must do without.
WORKERS_ONLY = ("torch", "transformers", "numba")

_UV = (sys.executable, "-m", "uv")


@contextmanager
def installed(wheel: Path, python: str, constraints: Path) -> Iterator[Path]:
    """The `bin` of a new environment with a wheel and its base dependencies.

    Args:
        python: The interpreter, by its path or its name on the PATH.
    """
    with tempfile.TemporaryDirectory(prefix="triage-trial-") as made:
        folder = Path(made)
        run([*_UV, "venv", "--quiet", "--python", python, folder / "venv"], folder=folder)
        binaries = folder / "venv" / "bin"
        here: list[str | Path] = ["--quiet", "--python", binaries / "python"]
        run([*_UV, "pip", "install", *here, "--constraint", constraints, wheel], folder=folder)
        run([*_UV, "pip", "check", *here], folder=folder)
        yield binaries


def use(binaries: Path, version: Version) -> None:
    """Run the console on a new SQLite database, from `--version` to a page.

    Raises:
        ReleaseError: If a command fails, or says anything but what was ingested.
    """
    with tempfile.TemporaryDirectory(prefix="triage-use-") as made:
        folder = Path(made)
        triage = Console(binaries, folder)
        triage.expect(f"triage {version}", triage.run("--version").strip())
        triage.run("--help")
        triage.run("init")
        (folder / "feedback.csv").write_text(FEEDBACK, "utf-8")
        triage.run("ingest", "feedback.csv", "--product", "product", "--analyses", "sentiment")
        (ingested,) = json.loads(triage.run("report", "runs", "--format", "json"))
        triage.expect(3, ingested["stored"])
        triage.expect(["Jacket", "Lamp"], _products(triage.run("segments", "--json")))
        triage.run("verify")
        triage.run("report", "--html", "--output", "page.html")
        triage.expect(True, "</html>" in (folder / "page.html").read_text("utf-8"))
        present = [name for name in WORKERS_ONLY if _is_installed(binaries, folder, name)]
        triage.expect([], present)


class Console:
    """The command `triage` of an environment, without any setting of whoever makes the release."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._environment = {
            **{name: value for name, value in os.environ.items() if not _is_ours(name)},
            "TRIAGE_HOME": str(folder / "home"),
            "TRIAGE_DATABASE_URL": f"sqlite:///{folder / 'triage.db'}",
            # Nobody answers there: the jobs are stored all the same.
            "TRIAGE_REDIS_URL": "redis://127.0.0.1:1/0",
        }

    def run(self, *arguments: str) -> str:
        """What a command prints."""
        return run(
            [self._binaries / "triage", *arguments],
            folder=self._folder,
            environment=self._environment,
        )

    def expect(self, expected: object, found: object) -> None:
        """Check what was found.

        Raises:
            ReleaseError: If it is something else.
        """
        if found != expected:
            raise ReleaseError(f"the wheel, installed, says {found!r}, and should say {expected!r}")


def _products(printed: str) -> list[str]:
    rows = json.loads(printed)
    return sorted(row["product"] for row in rows)


def _is_ours(name: str) -> bool:
    return name.startswith("TRIAGE_") or name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def _is_installed(binaries: Path, folder: Path, name: str) -> bool:
    asked = f"import importlib.util as u; print(u.find_spec({name!r}) is not None)"
    return run([binaries / "python", "-c", asked], folder=folder).strip() == "True"
