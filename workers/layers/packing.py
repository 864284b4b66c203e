"""Packed documents: their tokens one after the other, and where each document lies."""

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
        device: Where tensors about it are made.
    """

    lengths: Sequence[int]
    device: torch.device

    @cached_property
    def tokens(self) -> int:
        """Of all documents."""
        return sum(self.lengths)

    @cached_property
    def runs(self) -> list[tuple[int, int, int]]:
        """Neighbours of one length as (first token, documents, length): they stack into one tensor
        without padding.
        """
        runs, start = [], 0
        for length, group in groupby(self.lengths):
            count = len(list(group))
            runs.append((start, count, length))
            start += count * length
        return runs

    @cached_property
    def cumulative(self) -> Tensor:
        """(documents + 1), int32: where each document starts, and the end of the last."""
        lengths = torch.tensor([0, *self.lengths], dtype=torch.int32)
        return to_device(lengths.cumsum(0, dtype=torch.int32), self.device)

    @cached_property
    def firsts(self) -> Tensor:
        """(documents), int64: the first token of each."""
        return self.cumulative[:-1].long()

    @cached_property
    def padded_places(self) -> Tensor:
        """(tokens), int64: where each token lies where all documents are padded to the longest."""
        lengths = torch.tensor(self.lengths)
        documents = torch.arange(len(lengths)).repeat_interleave(lengths)
        firsts = lengths.cumsum(0) - lengths
        places = torch.arange(self.tokens) - firsts[documents]
        return to_device(documents * lengths.max() + places, self.device)

    @cached_property
    def positions(self) -> Tensor:
        """(tokens), int64: the place of each token in its document, from 0."""
        places = [torch.arange(length).repeat(count) for _, count, length in self.runs]
        return to_device(torch.cat(places), self.device)
