"""Greedy search: each document goes on with the likeliest token (`GenerationMixin._sample`)."""

from __future__ import annotations

import torch
from torch import Tensor

from workers.decoding.scores import Scores
from workers.decoding.search import Search


class GreedySearch(Search):
    """The documents of a cohort, one row each."""

    @property
    def last(self) -> Tensor:
        """What each row wrote last, (rows)."""
        return self._tokens[:, self._length - 1]

    def advance(self, scores: Scores) -> tuple[Tensor | None, Tensor]:
        """See `Search`."""
        self._constraints(scores.values, self._tokens[:, : self._length], self._extent)
        chosen = scores.largest().clamp_(max=self._settings.vocabulary - 1)
        self._tokens[:, self._length] = chosen
        last = self._extent.last
        self._extent.written += 1
        finished = torch.isin(chosen, self._constraints.eos)
        if any(last):
            finished[last] = True
        return None, finished

    def written(self, documents: Tensor) -> list[list[int]]:
        """See `Search`."""
        return list(self._tokens[documents, self._begin : self._length].tolist())

    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """See `Cache.keep`."""
        self._tokens[holes] = self._tokens[movers]
        self._tokens = self._tokens[:left]
