"""The site, made once, and its pages taken to pieces."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@dataclass
class HtmlPage(HTMLParser):
    """What a page links to, what it loads, and which anchors it has."""

    path: Path
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.text = self.path.read_text("utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif "src" in said:
            self.loads.append(said["src"])
        elif tag == "link" and said.get("rel") not in ("prev", "next", "canonical"):
            self.loads.append(said["href"])


def build(target: Path, config: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Make the site as `make docs` does, somewhere else."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    if config is not None:
        command += ["--config-file", str(config)]
    said = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, env=said, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, HtmlPage]:
    """Every page of the site by its path in it."""
    return {
        path.relative_to(site).as_posix(): HtmlPage(path) for path in sorted(site.rglob("*.html"))
    }
