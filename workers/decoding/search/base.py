"""The base of greedy and beam search."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from workers.decoding.output.scores import Scores
from workers.decoding.search.lengths import SequenceLengths
from workers.decoding.search.logits_processors import NOTHING, LogitsProcessors
from workers.decoding.search.settings import SearchSettings
from workers.runtime.transfer import to_device

#: Which beam each of the next ones goes on from, (documents, beams), or None if each goes on from
#: itself; and for each document whether it is finished, (documents), bool.
Advance = tuple[Tensor | None, Tensor]


class Search(ABC):
    """Holds the texts of a cohort, whose documents are all at the same step, and extends them.

    Args:
        begun: Token ids that each document continues.
        extent: How many these are, and how many may follow; it counts what is written.
        settings: The search settings of the checkpoint.
        constraints: The logits processors of the checkpoint.
        device: The device of the model.
    """

    def __init__(
        self,
        begun: Sequence[Sequence[int]],
        extent: SequenceLengths,
        settings: SearchSettings,
        constraints: LogitsProcessors,
        device: torch.device,
    ) -> None:
        self._extent, self._settings, self._constraints = extent, settings, constraints
        self._begin = max(extent.begun)
        # All end at one column, so that they go on at one.
        rows = [[NOTHING] * (self._begin - len(each)) + list(each) for each in begun]
        width = self._begin + max(extent.most)
        self._tokens = torch.full((len(rows), width), NOTHING, device=device)
        self._tokens[:, : self._begin] = to_device(torch.tensor(rows), device)

    @property
    def _length(self) -> int:
        """Columns of `_tokens` that are in use."""
        return self._begin + self._extent.written

    @property
    @abstractmethod
    def last(self) -> Tensor:
        """The token that each row wrote last, (rows)."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """Documents times beams."""

    @classmethod
    @abstractmethod
    def advance(cls, searches: Sequence[Any], scores: Scores) -> list[Advance]:
        """Choose the next token of each row of several searches, without waiting for a GPU.

        Args:
            searches: Searches of this class.
            scores: Logits of their rows, one search's behind the other's; they are changed.
        """

    @abstractmethod
    def written(self, documents: Tensor) -> Sequence[list[int]]:
        """The tokens that some finished documents have written, without those that they continued.

        Args:
            documents: Their indices, (any), int64.
        """

    @abstractmethod
    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """Close the gaps of finished documents, as `KVCache.keep` does with the same arguments."""
