"""Texts in which a person has marked what leads to somebody: `⟦kind|words⟧`, a text a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from schema.redaction.found import Found, Kind

_MARK = re.compile(r"⟦([^|⟧]+)\|([^⟧]+)⟧")


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text, and what is to be found in it."""

    language: str
    text: str
    wanted: frozenset[Found]


def read_marked(path: Path) -> list[MarkedText]:
    """Read them; `⏎` is the end of a line within a text."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        language, _, marked = line.partition("\t")
        marked = marked.replace("⏎", "\n")
        text, wanted, end = "", set(), 0
        for one in _MARK.finditer(marked):
            text += marked[end : one.start()]
            kind = Kind(re.sub(r" \d+$", "", one[1]))
            wanted.add(Found(len(text), len(text) + len(one[2]), kind))
            text += one[2]
            end = one.end()
        found.append(MarkedText(language, text + marked[end:], frozenset(wanted)))
    return found
