"""Greedy search: each document continues with the likeliest token (`GenerationMixin._sample`)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from workers.decoding.output.scores import Scores
from workers.decoding.search.base import Advance, Search
from workers.runtime.transfer import to_device


class GreedySearch(Search):
    """Greedy search for the documents of a cohort, one row each."""

    @property
    def last(self) -> Tensor:
        """The token that each row wrote last, (rows)."""
        return self._tokens[:, self._length - 1]

    @property
    def rows(self) -> int:
        """As many as documents."""
        return len(self._tokens)

    @classmethod
    def advance(cls, searches: Sequence[GreedySearch], scores: Scores) -> list[Advance]:
        """Choose the next token of each row, as `Search.advance` says."""
        rows = [search.rows for search in searches]
        for search, own in zip(searches, torch.split(scores.values, rows), strict=True):
            search._forbid(own)
        # Of all at once: it takes many operations, and most of their time does not depend on rows.
        likeliest = torch.split(scores.largest(), rows)
        return [search._go_on(own) for search, own in zip(searches, likeliest, strict=True)]

    def _forbid(self, values: Tensor) -> None:
        self._constraints(values, self._tokens[:, : self._length], self._extent)

    def _go_on(self, likeliest: Tensor) -> Advance:
        chosen = likeliest.clamp(max=self._settings.vocabulary - 1)
        self._tokens[:, self._length] = chosen
        last = self._extent.last
        self._extent.written += 1
        finished = torch.isin(chosen, self._constraints.eos)
        if any(last):
            finished |= to_device(torch.tensor(last), finished.device)
        return None, finished

    def written(self, documents: Tensor) -> list[list[int]]:
        """The text of each document, as `Search.written` says."""
        return list(self._tokens[documents, self._begin : self._length].tolist())

    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """Close the gaps of finished documents, as `KVCache.keep` does."""
        self._tokens[holes] = self._tokens[movers]
        self._tokens = self._tokens[:left]
