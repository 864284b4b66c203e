"""Files and folders of the repository as small pages of the site, for links that lead to them."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path, PurePosixPath

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

from docs.site.links import PROJECT_PAGES, ROOT, site_path

#: Larger files (models, data) are named in the list of their folder and not shown.
MAX_BYTES = 200_000


def source_pages(linked: set[str]) -> dict[str, str]:
    """The pages, by their places in the site, of what is linked and of the files in linked folders.

    Args:
        linked: Paths from the root.
    """
    wanted = {path for path in linked if _is_shown(path)}
    folders = {path for path in wanted if (ROOT / path).is_dir()}
    wanted |= {file for folder in folders for file in _shown_files(folder)}
    return {
        site_path(path): _folder_page(path) if path in folders else _file_page(path)
        for path in sorted(wanted)
    }


def _is_shown(path: str) -> bool:
    return not path.startswith("docs/") and path not in PROJECT_PAGES and (ROOT / path).exists()


def _shown_files(folder: str) -> list[str]:
    files = [path for path in _children(folder) if path.is_file() and _is_text(path)]
    return [path.relative_to(ROOT).as_posix() for path in files]


def _children(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).iterdir() if path.name != "__pycache__")


def _is_text(path: Path) -> bool:
    if path.stat().st_size > MAX_BYTES:
        return False
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _file_page(path: str) -> str:
    try:
        lexer = get_lexer_for_filename(path)
    except ClassNotFound:
        lexer = TextLexer()
    formatter = HtmlFormatter(linenos="table", lineanchors="line", anchorlinenos=True)
    return _page(path, highlight((ROOT / path).read_text("utf-8"), lexer, formatter))


def _folder_page(path: str) -> str:
    shown = set(_shown_files(path))
    here = PurePosixPath(site_path(path)).parent
    items = []
    for child in _children(path):
        name = html.escape(child.name + ("/" if child.is_dir() else ""))
        inside = child.relative_to(ROOT).as_posix()
        if inside in shown:
            target = os.path.relpath(_address(inside), here)
            name = f'<a href="{html.escape(target)}">{name}</a>'
        items.append(f"<li>{name}</li>")
    return _page(path + "/", f"<ul>{''.join(items)}</ul>")


def _address(path: str) -> str:
    """Where a file is shown; a page of the project is a page made of Markdown."""
    place = site_path(path)
    return re.sub(r"(README)?\.md$", lambda end: "index.html" if end[1] else ".html", place)


def _page(title: str, body: str) -> str:
    styles = os.path.relpath(
        "assets/source.css", PurePosixPath(site_path(title.rstrip("/"))).parent
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{html.escape(title)}</title><link rel="stylesheet" href="{styles}"></head>'
        f"<body><h1>{html.escape(title)}</h1>{body}</body></html>"
    )


def source_styles() -> str:
    """The style sheet of these pages, in light and dark."""
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return (
        "body{font-family:system-ui,sans-serif;margin:1rem auto;max-width:75rem;padding:0 1rem}"
        "h1{font:600 1rem ui-monospace,monospace}"
        "pre{font:.8rem/1.5 ui-monospace,monospace;overflow-x:auto}"
        "table.highlighttable{border-spacing:0;display:block;overflow-x:auto}"
        f".linenos a{{color:#888;text-decoration:none}}\n{light}\n"
        f"@media(prefers-color-scheme:dark){{body{{background:#0d1117;color:#e6edf3}}"
        f"a{{color:#79b8ff}}\n{dark}}}\n"
    )
