"""Links that work on GitHub become links of the site."""

from __future__ import annotations

import pytest

from docs.site.links import repository_path, rewrite, site_path


@pytest.mark.parametrize(
    ("page", "link", "in_site"),
    [
        ("docs/faults.md", "engine.md#lanes", "engine.md#lanes"),
        ("docs/faults.md", "../README.md#for-real", "project/README.md#for-real"),
        ("docs/faults.md", "../schema/ledger/reap.py", "source/schema/ledger/reap.py.html"),
        ("docs/faults.md", "../schema/ledger/", "source/schema/ledger/index.html"),
        ("docs/faults.md", "../.env.example", "source/env.example.html"),
        ("README.md", "docs/page.png", "../page.png"),
        ("README.md", "CONTRIBUTING.md#rules", "CONTRIBUTING.md#rules"),
        ("docker/README.md", "../docs/operations.md", "../../operations.md"),
        ("docker/README.md", "backup.sh", "../../source/docker/backup.sh.html"),
        ("docs/faults.md", "#measured", "#measured"),
        ("docs/faults.md", "https://example.org/a.md", "https://example.org/a.md"),
    ],
)
def test_a_link_keeps_its_target(page: str, link: str, in_site: str) -> None:
    assert rewrite(f"See [it]({link}).", page) == f"See [it]({in_site})."


def test_code_is_left_as_it_is() -> None:
    block = "```python\nfirst[0](../a.py)\n```\n"
    assert rewrite(block, "docs/python.md") == block


def test_targets_are_named_from_the_root() -> None:
    found: list[str] = []
    rewrite("[a](../producer/console.py) [b](engine.md)", "docs/faults.md", found.append)
    assert found == ["producer/console.py", "docs/engine.md"]


@pytest.mark.parametrize("path", ["docs/engine.md", "README.md", "docker/README.md"])
def test_pages_are_found_again(path: str) -> None:
    assert repository_path(site_path(path)) == path
