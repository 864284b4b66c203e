"""A small project in a git repository of its own, of which releases are made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from release.contents import SOURCES

PROJECT = """\
[build-system]
requires = ["setuptools>=77"]

[project]
name = "feedback-triage"
version = "0.1.0"

[tool.other]
version = "9.9.9"
"""
MANIFEST = """\
images:
  - {name: producer, newName: registry.example.org/producer, newTag: 0.1.0}
  - {name: worker, newName: registry.example.org/worker, newTag: 0.1.0}
"""
CHANGELOG = """\
# Changelog

## Unreleased

### For who runs it
- Something new.

## 0.1.0

The first version.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The root of a committed project with a file in each package."""
    root = tmp_path / "project"
    for path, content in {
        **{path: "" for path in SOURCES},
        "pyproject.toml": PROJECT,
        "docker/k8s/kustomization.yaml": MANIFEST,
        "CHANGELOG.md": CHANGELOG,
        ".gitignore": "dist/\n",
        "producer/__init__.py": '"""The console."""\n',
        "producer/page/templates/page.html": "<p>{{ facts }}</p>\n",
        "schema/reports/runs.sql": "SELECT 1\n",
        "tests/test_console.py": "def test_nothing() -> None: ...\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, "utf-8")
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "config", "user.name", "A maintainer")
    git(root, "config", "user.email", "maintainer@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "The first version")
    return root


def git(root: Path, *arguments: str) -> str:
    """What git prints."""
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout
