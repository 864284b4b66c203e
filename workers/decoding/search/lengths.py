"""Sequence lengths: how long the texts of a cohort are, and how long they may get."""

from __future__ import annotations

from collections.abc import Sequence


class SequenceLengths:
    """Counts the tokens of a cohort's texts.

    All have written equally many. But what they go on from differs where that is a prompt, and so
    does how many they may write where a limit counts the prompt too.

    Args:
        begun: Number of tokens that each document continues: those of its prompt, or 1.
        most: Number of tokens that each may write.

    Attributes:
        begun: As given, for the documents that are still there.
        most: As given, for the same documents.
        written: Number of tokens that each has written so far.
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
        """Whether each is shorter than this, the tokens that it continues included."""
        return [begun + self.written < length for begun in self.begun]

    def keep(self, left: int, holes: Sequence[int], movers: Sequence[int]) -> None:
        """Close the gaps of finished documents, as `KVCache.keep` does."""
        for counts in (self.begun, self.most):
            for hole, mover in zip(holes, movers, strict=True):
                counts[hole] = counts[mover]
            del counts[left:]
