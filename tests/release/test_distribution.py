"""A whole release of this project, made in a copy of it."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from release.changelog import CHANGELOG, UNRELEASED
from release.making import Distribution, make_release
from release.repository import export
from release.version import current_version, image_tags
from tests.release.conftest import git

#: It builds, and asks the package index for the base dependencies; `make release` installs what it
#: takes, `make test` does not.
pytestmark = pytest.mark.long
for _needed in ("uv", "twine", "cyclonedx_py"):
    pytest.importorskip(_needed, reason="needs the extra `release`: make dist installs it")

ROOT = Path(__file__).parents[2]
DAY = datetime.date(2099, 1, 2)


def test_a_release_is_made_and_nothing_is_pushed(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    export(ROOT, copy)
    news = copy / CHANGELOG
    news.write_text(news.read_text("utf-8").replace(UNRELEASED, f"{UNRELEASED}\n- News.", 1))
    git(tmp_path, "init", "--quiet", "--bare", "elsewhere")
    git(copy, "init", "--quiet", "--initial-branch", "main")
    git(copy, "config", "user.name", "A maintainer")
    git(copy, "config", "user.email", "maintainer@example.org")
    git(copy, "remote", "add", "origin", str(tmp_path / "elsewhere"))
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message", "As it is")

    said: list[str] = []
    version = make_release("999.0.0", Distribution(copy, [sys.executable], said.append), DAY)

    assert current_version(copy) == version
    assert image_tags(copy) == {"999.0.0"}
    assert f"{UNRELEASED}\n\n## 999.0.0 (2099-01-02)\n" in news.read_text("utf-8")
    assert git(copy, "status", "--porcelain") == ""
    assert git(copy, "log", "-1", "--format=%s", "v999.0.0") == "Release 999.0.0\n"
    assert git(copy, "ls-remote", "origin") == ""
    made = {path.name for path in (copy / "dist").iterdir()}
    bill = "feedback_triage-999.0.0.cdx.json"
    archives = {"feedback_triage-999.0.0-py3-none-any.whl", "feedback_triage-999.0.0.tar.gz"}
    assert made == {*archives, bill, "SHA256SUMS"}
    subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=copy / "dist", check=True
    )
    components = json.loads((copy / "dist" / bill).read_text("utf-8"))["components"]
    named = {component["name"].lower() for component in components}
    assert {"celery", "sqlalchemy"} <= named
    assert "torch" not in named
    assert len(said) == 2
