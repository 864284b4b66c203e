"""How long the texts of a cohort are, and how long they may get."""

from __future__ import annotations

from collections.abc import Sequence


class SequenceLengths:
    """Counts the tokens of a cohort's texts.

    All have written equally many. But what they go on from differs where that is a prompt, and so
    does how many they may write where a limit counts the prompt too.

    Args:
        begun: Tokens that each document goes on from: its prompt's, or 1.
        most: Tokens that each may write.

    Attributes:
        begun: As given, of those that are still there.
        most: Likewise.
        written: By each, so far.
    """

    def __init__(self, begun: Sequence[int], most: Sequence[int]) -> None:
        self.begun, self.most = list(begun), list(most)
        self.written = 0

    @property
    def last(self) -> list[bool]:
        """Whether the next token of each is the last that it may write."""
        return [self.written + 1 >= most for most in self.most]

    @property
    def single(self) -> list[bool]:
        """Whether each has but one token so far."""
        return [begun + self.written == 1 for begun in self.begun]

    def shorter(self, length: int) -> list[bool]:
        """Whether each is shorter than this, with what it goes on from."""
        return [begun + self.written < length for begun in self.begun]

    def keep(self, left: int, holes: Sequence[int], movers: Sequence[int]) -> None:
        """See `KVCache.keep`."""
        for counts in (self.begun, self.most):
            for hole, mover in zip(holes, movers, strict=True):
                counts[hole] = counts[mover]
            del counts[left:]
