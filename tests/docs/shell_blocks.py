"""Blocks of shell on the pages, and the commands in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "docker/*.md")
    for page in ROOT.glob(pattern)
    if page.name != "CHANGELOG.md"
)
_BLOCK = re.compile(r"^```(sh|bash|console)\n(.*?)^```", re.M | re.S)
#: Words of the shell that a command may stand behind.
_KEYWORDS = {"if", "then", "else", "elif", "do", "while", "until", "!", "{"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True)
class Block:
    """A block of shell.

    Attributes:
        page: Its path from the root.
        text: What stands in it; of a session (`console`) what is typed alone.
    """

    page: str
    text: str

    @property
    def name(self) -> str:
        """The page and the first line that says something."""
        lines = [line for line in self.text.splitlines() if line and not line.startswith("#")]
        return f"{self.page}: {lines[0]}"

    def commands(self) -> Iterator[list[str]]:
        """Each simple command as its words, without assignments and redirections before it."""
        words: list[str] = []
        skip = False
        for token in (*_tokens(self.text), ";"):
            if skip:
                skip = False
            elif set(token) <= set("<>&") and set(token) & set("<>"):
                # A number before it is that of a file.
                skip = True
                words = words[:-1] if words and re.fullmatch(r"[012]", words[-1]) else words
            elif set(token) <= set("();|&\n"):
                yield from _command(words)
                words = []
            else:
                words.append(token)


@cache
def blocks() -> list[Block]:
    """All blocks of all pages."""
    return [
        Block(page, _typed(kind, text))
        for page in PAGES
        for kind, text in _BLOCK.findall((ROOT / page).read_text("utf-8"))
    ]


def _typed(kind: str, text: str) -> str:
    if kind == "console" or text.startswith("$ "):
        return "".join(f"{line}\n" for line in re.findall(r"^\$ (.*)$", text, re.M))
    return text


def _tokens(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        yield from lexer
        yield ";"


def _command(words: list[str]) -> Iterator[list[str]]:
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    if words:
        yield words
