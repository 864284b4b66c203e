"""Links as they stand in the repository, turned into links of the site.

A page links to others by paths that work on GitHub: `../producer/console.py`, `../README.md`. In
the site, pages of `docs/` keep their places, pages from elsewhere stand in `project/`, and other
files and folders of the repository in `source/`, as pages that show them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
#: Pages that do not lie in docs/ and are pages of the site, too.
PROJECT_PAGES = (
    *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"),
    "docker/README.md",
)
_LINK = re.compile(r"(?<=\]\()([^()\s]+)(?=\))")
_FENCE = re.compile(r"^(```.*?^```[^\S\n]*$)", re.M | re.S)


def site_path(path: str) -> str:
    """Where a file or folder of the repository, by its path from the root, stands in the site."""
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if path in PROJECT_PAGES:
        return f"project/{path}"
    # What begins with a point is not part of a site.
    shown = re.sub(r"(^|/)\.", r"\1", path)
    return f"source/{shown}/index.html" if (ROOT / path).is_dir() else f"source/{shown}.html"


def repository_path(uri: str) -> str:
    """The file that a page of the site is made of: the other direction of `site_path`."""
    return uri.removeprefix("project/") if uri.startswith("project/") else f"docs/{uri}"


def resolve(page: str, link: str) -> str:
    """The path from the root that a link of a page, which lies at `page`, leads to."""
    return os.path.normpath(PurePosixPath(page).parent / link)


def rewrite(markdown: str, page: str, leads_to: Callable[[str], object] = lambda path: None) -> str:
    """The page with links of the site in place of those of the repository.

    Args:
        markdown: The text of the page.
        page: Its path from the root.
        leads_to: Is told of every path from the root that a link leads to.
    """
    here = PurePosixPath(site_path(page)).parent

    def of_site(found: re.Match[str]) -> str:
        path, mark, anchor = found[1].partition("#")
        if not path or re.match(r"[a-z]+:", path):
            return found[1]
        target = resolve(page, path)
        leads_to(target)
        return os.path.relpath(site_path(target), here) + mark + anchor

    parts = _FENCE.split(markdown)
    return "".join(part if part.startswith("```") else _LINK.sub(of_site, part) for part in parts)
