"""What workers have computed, and for whom: forwards as `timed_worker` writes them down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

#: In the environment of workers: seconds for `LONG` tokens, and the folder of what they note.
SECONDS, FOLDER = "FAIRNESS_SECONDS", "FAIRNESS_FOLDER"
#: Tokens of a text of a large run, at least; texts of small runs have fewer.
LONG = 20


@dataclass(frozen=True, slots=True)
class Forward:
    """One batch.

    Attributes:
        began: Seconds since 1970, likewise `ended`.
        small: Tokens of small runs in it.
        large: Others.
    """

    began: float
    ended: float
    small: int
    large: int

    @classmethod
    def of(cls, line: str) -> Self:
        """From the line that a worker has written."""
        began, ended, small, large = line.split()
        return cls(float(began), float(ended), int(small), int(large))

    def within(self, begin: float, end: float) -> float:
        """Seconds of it that lie there."""
        return max(0.0, min(self.ended, end) - max(self.began, begin))

    @property
    def part(self) -> float:
        """Of it, what was the large run's."""
        return self.large / (self.small + self.large)


def read_forwards(folder: Path) -> list[Forward]:
    """All of all workers; the line that one is just writing is left out."""
    return [
        Forward.of(line)
        for path in folder.glob("*.forwards")
        for line in path.read_text().splitlines(keepends=True)
        if line.endswith("\n")
    ]


def shares(
    forwards: Sequence[Forward], begin: float, end: float, window: float
) -> list[tuple[float, float]]:
    """For each whole window between two moments: of the workers' time that was used, what the large
    run had; and the workers that computed, on average.
    """
    found = []
    while begin + window <= end:
        parts = [(each.within(begin, begin + window), each.part) for each in forwards]
        used = sum(seconds for seconds, _ in parts)
        if used:
            large = sum(seconds * part for seconds, part in parts)
            found.append((large / used, used / window))
        begin += window
    return found
