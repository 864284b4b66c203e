"""Tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; line ends and bars in a cell are made harmless."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def code(word: object) -> str:
    """A word as code; nothing, if it is empty."""
    return f"`{word}`" if str(word) else ""


def _cell(text: str) -> str:
    """What a cell holds, in one line. A bar within code stands as it is, any other one escaped."""
    parts = " ".join(text.split()).split("`")
    return "`".join(part if n % 2 else part.replace("|", "\\|") for n, part in enumerate(parts))
