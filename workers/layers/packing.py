"""Packing: documents lie one after the other in one tensor of tokens, and each knows where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
from torch import Tensor

from workers.runtime.transfer import to_device


@dataclass(frozen=True)
class Packing:
    """Where documents lie in a tensor whose first dimension is tokens.

    Attributes:
        lengths: Tokens of each document, in order; none is 0.
        device: The device of the tensors that describe it.
    """

    lengths: Sequence[int]
    device: torch.device

    @cached_property
    def tokens(self) -> int:
        """Tokens of all documents."""
        return sum(self.lengths)

    @cached_property
    def runs(self) -> list[tuple[int, int, int]]:
        """Runs of neighbours of one length, as (first token, documents, length): each run stacks
        into one tensor without padding.
        """
        runs, start = [], 0
        for length, group in groupby(self.lengths):
            count = len(list(group))
            runs.append((start, count, length))
            start += count * length
        return runs

    @cached_property
    def cumulative(self) -> Tensor:
        """The first token of each document, and the end of the last: (documents + 1), int32."""
        lengths = torch.tensor([0, *self.lengths], dtype=torch.int32)
        return to_device(lengths.cumsum(0, dtype=torch.int32), self.device)

    @cached_property
    def firsts(self) -> Tensor:
        """The first token of each document: (documents), int64."""
        return self.cumulative[:-1].long()

    @cached_property
    def padded_indices(self) -> Tensor:
        """The index of each token in a tensor padded to the longest document: (tokens), int64."""
        lengths = torch.tensor(self.lengths)
        documents = torch.arange(len(lengths)).repeat_interleave(lengths)
        firsts = lengths.cumsum(0) - lengths
        positions = torch.arange(self.tokens) - firsts[documents]
        return to_device(documents * lengths.max() + positions, self.device)

    @cached_property
    def positions(self) -> Tensor:
        """The position of each token in its document, counted from 0: (tokens), int64."""
        positions = [torch.arange(length).repeat(count) for _, count, length in self.runs]
        return to_device(torch.cat(positions), self.device)
