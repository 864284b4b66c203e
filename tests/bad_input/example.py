"""An example: a file, and what is known about its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: Metadata of which nothing is known but that it is not null.
SOMETHING = object()

#: Of the ingestion that reads the examples.
TEXT_LIMIT = 2_000


@dataclass(frozen=True)
class Good:
    """A row that must be stored with exactly this."""

    id: str
    text: str
    metadata: dict[str, Any]

    def __repr__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Line:
    """What a file holds for one row: a good one, a duplicate, or else one to be rejected."""

    content: bytes
    good: Good | None = None
    duplicate: bool = False


@dataclass(frozen=True)
class Known:
    """What becomes of the rows of an example: those stored, and the numbers of the others."""

    good: tuple[Good, ...]
    duplicate: int
    rejected: int


@dataclass(frozen=True)
class Example:
    """A file, and the options to read it with; `known` is None where nobody can know."""

    name: str
    content: bytes
    arguments: tuple[str, ...] = ()
    known: Known | None = None

    def __repr__(self) -> str:
        return f"Example({self.name}, {_shown(self.content)}, {self.arguments}, {self.known})"


@dataclass(frozen=True)
class TextFile:
    """A file of lines, which can be cut off or packed."""

    name: str
    head: bytes
    lines: tuple[Line, ...]
    arguments: tuple[str, ...]

    @property
    def content(self) -> bytes:
        """All of it."""
        return self.head + b"".join(line.content for line in self.lines)

    def __repr__(self) -> str:
        return f"TextFile({self.example()!r})"

    def example(self) -> Example:
        """As it is."""
        return Example(self.name, self.content, self.arguments, known(self.lines))

    def whole_before(self, end: int) -> tuple[Good, ...]:
        """The good rows that end before this byte."""
        place, whole = len(self.head), []
        for line in self.lines:
            place += len(line.content)
            if place <= end and line.good:
                whole.append(line.good)
        return tuple(whole)


def _shown(content: bytes) -> str:
    return repr(content) if len(content) < 5_000 else f"{content[:5_000]!r}…"


def known(lines: Sequence[Line]) -> Known:
    """What becomes of them."""
    good = tuple(line.good for line in lines if line.good)
    duplicate = sum(line.duplicate for line in lines)
    return Known(good, duplicate, len(lines) - len(good) - duplicate)
