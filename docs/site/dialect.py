"""Where GitHub's Markdown and that of the site differ, the page in the dialect of the site."""

from __future__ import annotations

import re

_DRAWN = re.compile(r"^```mermaid\n.*?^```\n", re.M | re.S)
_LIST = re.compile(r"([-*]|\d+\.) ")


def translate(markdown: str) -> str:
    r"""The page, so that it looks in the site as it does on GitHub.

    In a cell of a table a `|` of code is written `\|` on GitHub, and as it is in the site. A list
    may begin right behind a paragraph on GitHub, and behind a blank line only in the site. What
    GitHub draws of a block `mermaid` would take the site a large script, so it is left out: the
    text below it says the same.
    """
    markdown = _DRAWN.sub("", markdown)
    lines: list[str] = []
    in_code = False
    for line in markdown.split("\n"):
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code and line.startswith("|"):
            line = re.sub(r"`[^`]*`", lambda code: code[0].replace("\\|", "|"), line)
        elif not in_code and _LIST.match(line) and _ends_paragraph(lines[-1:]):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


def _ends_paragraph(before: list[str]) -> bool:
    """Whether a line, if there is one, belongs to a paragraph, and to no list and no heading."""
    return bool(before and before[0]) and not re.match(r"[-*#|>\s]|\d+\. ", before[0])
